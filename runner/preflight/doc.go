// Package preflight checks a plan against this machine before the first trial, and writes
// nothing.
//
//  1. Prepare resolves the workspaces and trees that the experiment names and collects all
//     that is wrong with them, with lines of the file (locator).
//  2. It surveys each workload once: its files, its bytes and a checksum of its manifest.
//  3. It describes each cell, and marks those that cannot be run here: a program or a
//     strategy is unavailable, or the limit of descriptors or of a file's size is too low.
//  4. CheckSpace, CheckTrust and CheckOutsideTrees refuse a run for which there is too little
//     room, whose workspace others could replace, or whose results would lie in a tree that
//     is measured. Written says what the plan will write.
//
// Prepared is what comes of it; a Place is where a cell's trials happen.
package preflight
