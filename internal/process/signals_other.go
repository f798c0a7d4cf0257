//go:build !unix

package process

import (
	"os"
	"os/exec"
)

// OwnSession does nothing here: Windows has no process groups to kill.
func OwnSession(*exec.Cmd) {}

// AskToEnd kills: there is no signal to ask with.
func AskToEnd(p *os.Process) error { return p.Kill() }

// KillGroup kills the child alone; workers end with their input.
func KillGroup(p *os.Process) error { return p.Kill() }

// ReapGroup has nothing to do: here nobody has to reap.
func ReapGroup(*os.Process) {}

func EndBySignal(os.Signal) { os.Exit(1) }

func EndedBySignal(*os.ProcessState) (string, bool) { return "", false }

// NotifyContinued tells nothing: there is no such signal.
func NotifyContinued(chan<- os.Signal) {}
