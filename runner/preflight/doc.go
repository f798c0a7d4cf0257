// Package preflight checks a plan against this machine before the first trial. It writes
// nothing.
//
//  1. Prepare resolves the workspaces and trees that the experiment names, and collects all
//     problems with them, with lines of the file (locator).
//  2. It surveys each workload once: its files, its bytes and a checksum of its manifest. It
//     refuses trees with unreadable files, and trees whose names the workspace cannot have.
//  3. It describes each cell, and marks the cells that cannot run here. A program or a
//     strategy may be unavailable, or a limit of descriptors or of file size may be too
//     low.
//  4. CheckSpace refuses a run if there is too little space. CheckTrust refuses it if other users
//     could replace its run directory. CheckOutsideTrees refuses it if its results directory is
//     inside a tree that it reads. Written returns the amount of data that the plan will write.
//
// Prepared contains the result. A Place describes where the trials of a cell run.
package preflight
