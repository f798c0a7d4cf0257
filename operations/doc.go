// Package operations implements the work on one item of a workload: write, read, copy,
// append, zip, unzip, delete, rename and move.
//
// A trial of an operation has these steps:
//
//  1. Prepare (prepare.go) puts the operation's inputs on disk, untimed. A Manifest
//     describes their content.
//  2. Open makes a Task in every process that does items.
//  3. Begin, if the task has it, does the timed work before the first item: it makes
//     the directories of a nested tree, or the archive's file.
//  4. Do does item i. A strategy calls it from many workers in any order, exactly once
//     for each item. Each worker has its own Scratch.
//  5. End, if the task has it, does the timed work after the last item: it writes the
//     central directory of an archive, or calls syncfs once.
//  6. Verify, untimed, compares the files on disk with the manifest. It trusts neither
//     the task nor the strategy.
//
// An operation knows nothing about workers, pools or processes. An item is an index into
// a deterministic workload, so that a range of items crosses a process boundary as two
// integers.
package operations
