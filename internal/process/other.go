//go:build !linux

package process

import (
	"os"
	"os/exec"
	"time"
)

// InheritedFile is nil: here each process opens the workspace by itself.
func InheritedFile(string) *os.File { return nil }

// GrowDescriptorTable does nothing here: descriptors_linux.go says what it saves elsewhere.
func GrowDescriptorTable(int) {}

// CanVerifyReads: only Linux counts the bytes that a program reads, so
// elsewhere a contender that reads cannot be verified and is not run.
const CanVerifyReads = false

func ReadIO() IOCount { return IOCount{} }

// Only Linux gives orphans to somebody else than the first process, and tells the
// environment of a process. Elsewhere the runner kills the trial's process group.
func AdoptOrphans()                           {}
func AwaitOrphans(time.Duration) (ended bool) { return true }
func KillChildren()                           {}
func KillRun(string)                          {}

// Only Linux binds a child to its parent. Elsewhere a worker ends with its input, and
// a trial's group is killed by its runner.
func KillWithParent(*exec.Cmd)      {}
func TerminateWithParent(*exec.Cmd) {}

// There are no control groups here, so these are never called.
func CgroupRefused(error) bool     { return false }
func StartInCgroup(*exec.Cmd, int) {}

// Here is one monotonic clock, and no word of children that are stopped.
func machineAsleep() time.Duration    { return 0 }
func NotifyChildren(chan<- os.Signal) {}
func StoppedChild() string            { return "" }
func IsStopped(*os.Process) bool      { return false }
