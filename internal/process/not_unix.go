//go:build !unix

package process

import (
	"math"
	"os"
	"os/exec"
)

func systemLimits() []systemLimit { return nil }

// DescriptorLimit is not known here.
func DescriptorLimit() (limit uint64, ok bool) { return 0, false }

func FileLimit() int64 { return math.MaxInt64 }

// SurviveFileLimit has nothing to do here.
func SurviveFileLimit() {}

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

// readUsage knows nothing here: Windows accounts for a tree through job
// objects, which the standard library does not make.
func readUsage() Usage { return Usage{} }

func PeakMemory() int64 { return 0 }

func ResetPeakMemory() {}
