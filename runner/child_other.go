//go:build !linux

package runner

import "os/exec"

// bindToParent is possible on Linux alone. Elsewhere a worker ends with its
// input, and a trial's group is killed by its runner.
func bindToParent(*exec.Cmd) {}

// forbidsGroups is never asked: there is no control group here.
func forbidsGroups(error) bool { return false }

// intoGroup is never called: there is no control group here.
func intoGroup(*exec.Cmd, int) {}

// askWithParent is possible on Linux alone, too.
func askWithParent(*exec.Cmd) {}
