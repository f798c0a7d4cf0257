// Package workspace is the only code of iosweep that creates and deletes
// directories. Benchmark tools have deleted people's data; this one cannot:
//
//  1. Create makes a directory of its own, new, under the directory that the
//     experiment tests, puts a marker with the run's id into it and locks that.
//  2. Everything below happens relative to a descriptor of that directory. No
//     symbolic link is followed there, and nothing that is mounted there is entered.
//  3. The processes of a trial inherit the descriptor (Inherit). Whatever is put
//     under the directory's name meanwhile, they work in the same one.
//  4. Remove deletes that directory alone, and only while its marker holds the
//     id and its name still leads to it. A directory that existed before is
//     never adopted. What cannot be removed is left and named (RemovalError).
//  5. Reclaim deletes what a run that was killed has left, by the same rules, and
//     only if no living process has the marker locked.
//  6. No run works inside the workspace of another.
package workspace
