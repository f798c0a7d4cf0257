//go:build !linux

package process

import "os/exec"

// BindToParent is possible on Linux alone. Elsewhere a worker ends with its
// input, and a trial's group is killed by its runner.
func BindToParent(*exec.Cmd) {}

// ForbidsGroups is never asked: there is no control group here.
func ForbidsGroups(error) bool { return false }

// IntoGroup is never called: there is no control group here.
func IntoGroup(*exec.Cmd, int) {}

// AskWithParent is possible on Linux alone, too.
func AskWithParent(*exec.Cmd) {}
