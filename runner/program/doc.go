// Package program makes the programs of contenders: it finds revisions in git repositories, and
// clones them.
//
//  1. Open describes a repository, and refuses a directory that is none.
//  2. Repository.Commit finds the commit of a revision. Repository.Worktree describes the files of
//     its working tree.
//  3. CloneSteps lists the git commands that make a clone. Worktree.Copy adds the files of a working
//     tree. The runner then runs the build in it.
//
// Nothing of a repository but its build may run. So no hook, filter or other program that its
// configuration or its attributes name is started; see git.go.
package program
