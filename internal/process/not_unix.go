//go:build !unix

package process

import (
	"math"
	"os"
	"os/exec"
)

// No limits are known on this system.
func systemLimits() []systemLimit              { return nil }
func DescriptorLimit() (limit uint64, ok bool) { return 0, false }
func FileSizeLimit() int64                     { return math.MaxInt64 }
func CatchFileLimitSignal()                    {}

// Windows has no process groups to kill and no signal that asks a process to end. Only the
// child is killed, and workers end when their input closes.
func Setsid(*exec.Cmd)                            {}
func Terminate(p *os.Process) error               { return p.Kill() }
func KillGroup(p *os.Process) error               { return p.Kill() }
func ReapGroup(*os.Process)                       {}
func ExitBySignal(os.Signal)                      { os.Exit(1) }
func FatalSignal(*os.ProcessState) (string, bool) { return "", false }
func NotifyContinued(chan<- os.Signal)            {}

// Windows measures a tree of processes with job objects, which the standard library does not
// support.
func readUsage() Usage  { return Usage{} }
func PeakMemory() int64 { return 0 }
func ResetPeakMemory()  {}
