//go:build !linux

package process

import (
	"os"
	"os/exec"
	"time"
)

// InheritedFile returns nil: on this system each process opens the workspace by its path.
func InheritedFile(string) *os.File { return nil }

// GrowDescriptorTable does nothing on this system; see descriptors_linux.go.
func GrowDescriptorTable(int) {}

// CanVerifyReads is false: only Linux counts the bytes that a program reads. On other systems
// the operation read has no contenders, because their work cannot be verified.
const CanVerifyReads = false

func ReadIO() IOCount { return IOCount{} }

// RunDelay is known on Linux only.
func RunDelay() (time.Duration, bool) { return 0, false }

// Only Linux lets a process adopt orphans and shows the environment of other processes. On
// other systems the runner kills the process group of the trial.
func AdoptOrphans()                           {}
func AwaitOrphans(time.Duration) (ended bool) { return true }
func KillChildren()                           {}
func KillRun(string)                          {}

// Only Linux can end a child together with its parent. On other systems a worker ends when its
// input closes, and the runner kills the process group of the trial.
func KillWithParent(*exec.Cmd)      {}
func TerminateWithParent(*exec.Cmd) {}

// A MemoryWatch is empty: other systems do not show the memory of other processes in this way.
type MemoryWatch struct{}

func WatchMemory(bool) *MemoryWatch { return nil }
func (*MemoryWatch) End() Sampled   { return Sampled{} }

// There are no control groups on this system, so these functions are never called.
func CgroupRefused(error) bool     { return false }
func StartInCgroup(*exec.Cmd, int) {}

// This system has one monotonic clock, and does not report stopped children.
func suspendedTime() time.Duration    { return 0 }
func NotifyChildren(chan<- os.Signal) {}
func StoppedChild() string            { return "" }
func IsStopped(*os.Process) bool      { return false }
