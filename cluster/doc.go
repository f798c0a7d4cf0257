// Package cluster runs the plan of an experiment on several machines: a sweep. The directory of the sweep is
// on a file system that all machines share. Its files are the only truth. There is no server, and no lock
// spans machines.
//
//  1. Cut divides a plan into shards: tables, or some rounds of a long table.
//  2. Freeze writes the plan, the program and the shards to the directory. They never change.
//  3. Submit submits the shards that are missing as job arrays of Slurm. Any other launcher can run the
//     same command for each shard.
//  4. A job begins an Attempt of a shard. It runs the shard as a run of one machine (package runner), and
//     writes a journal of its own. Finish writes the file .done if the shard is done.
//  5. Merge makes one journal of all attempts. It depends on their files alone.
//  6. Status describes the shards, and Cancel ends the jobs.
//
// The main types are Sweep, Shard and Attempt.
package cluster
