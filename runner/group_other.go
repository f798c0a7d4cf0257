//go:build !unix

package runner

import (
	"os"
	"os/exec"
)

// ownGroup does nothing here: Windows has no process groups to kill.
func ownGroup(*exec.Cmd) {}

// killGroup kills the child alone; workers end with their input.
func killGroup(p *os.Process) error { return p.Kill() }

func endedBySignal(*os.ProcessState) (string, bool) { return "", false }
