// Package slurmtest runs a Slurm cluster for tests: real daemons on this machine, which listen
// on 127.0.0.1 only.
//
//  1. Start makes a directory, chooses free ports, writes slurm.conf, and starts munged, slurmctld
//     and one slurmd for each node. It returns when all nodes are idle.
//  2. Run and Env run the commands of Slurm in this cluster. KillController, StartController,
//     KillNode and StartNode make faults. WaitFor waits for a condition.
//  3. When the test ends, all jobs are cancelled, all processes are killed and the directory is
//     removed. If the test process is killed, a watcher kills the processes of the cluster.
//
// All nodes of a cluster are this machine: they share its processors, its files and its host name. A
// task knows its node by SLURMD_NODENAME.
//
// It needs root and the packages that .ci/install-tools installs. It works on Linux only, so tests
// that use it are in files whose names end in _linux_test.go.
package slurmtest
