//go:build !unix

package runner

import (
	"os"
	"os/exec"
)

// ownSession does nothing here: Windows has no process groups to kill.
func ownSession(*exec.Cmd) {}

// askToEnd kills: there is no signal to ask with.
func askToEnd(p *os.Process) error { return p.Kill() }

// killGroup kills the child alone; workers end with their input.
func killGroup(p *os.Process) error { return p.Kill() }

// reapGroup has nothing to do: here nobody has to reap.
func reapGroup(*os.Process) {}

func endBySignal(os.Signal) { os.Exit(1) }

func endedBySignal(*os.ProcessState) (string, bool) { return "", false }
