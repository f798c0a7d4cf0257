// Package program serves contenders: it makes their programs from revisions of git repositories, and
// verifies the outcomes of operations that the experiment file defines.
//
// The revisions of a program:
//
//  1. Open describes a repository, and refuses a directory that is none.
//  2. Repository.Commit finds the commit of a revision. Repository.Worktree describes the files of
//     its working tree.
//  3. CloneSteps lists the git commands that make a clone. Worktree.Copy adds the files of a working
//     tree. The runner then runs the build in it.
//
// Nothing of a repository but its build may run. So no hook, filter or other program that its
// configuration or its attributes name is started; see git.go.
//
// The outcome of an own operation:
//
//  1. An Operation contains the checks of a cell, with all placeholders replaced. Package runner makes
//     it, and it is a part of the trial's spec.
//  2. The trial's process runs the program and calls Verify. The kinds of checks are in one list
//     (checks.go).
//  3. For the check same_as, package runner keeps the outcome of a baseline, whose Digest is in the
//     journal (digest.go). Each trial compares its own outcome with it, file by file (same_as.go).
//
// A check that runs a program passes its argv to a function of the caller.
package program
