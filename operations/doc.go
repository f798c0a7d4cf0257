// Package operations is what is done with one item of a workload: write it,
// read it, copy it, append it, zip it, unzip it, delete it, rename it, move it.
//
// A trial goes through an operation in these steps:
//
//  1. Prepare (prepare.go) puts the inputs that the operation needs on disk,
//     untimed, and a Manifest says what they hold.
//  2. Open makes a Task in every process that is to do items.
//  3. Begin, where the task has one, does the timed work that precedes the
//     first item: the directories of a nested tree, the archive's file.
//  4. Do does item i. A strategy calls it from many workers, each with a
//     Scratch of its own, in any order, each item exactly once.
//  5. End, where the task has one, does the timed work that follows the last
//     item: the central directory of an archive, one syncfs.
//  6. Verify, untimed, compares what is there now with what the manifest says
//     must be there. It trusts neither the task nor the strategy.
//
// An operation knows nothing of workers, pools or processes: items are indices
// into a deterministic workload, so that they cross a process boundary as two
// integers.
package operations
