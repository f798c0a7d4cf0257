//go:build !linux

package process

import (
	"os"
	"os/exec"
	"time"
)

// What only Linux offers does nothing here.

// Inherited is nil: here each process opens the workspace by itself.
func Inherited(string) *os.File { return nil }

// GrowTable does nothing here: descriptors_linux.go says what it saves elsewhere.
func GrowTable(int) {}

// CanVerifyReads: only Linux counts the bytes that a program reads, so
// elsewhere a contender that reads cannot be verified and is not run.
const CanVerifyReads = false

func ReadIO() IOCount { return IOCount{} }

// AdoptOrphans does nothing: only Linux gives orphans to somebody else than the
// first process.
func AdoptOrphans() {}

// AwaitOrphans knows of none.
func AwaitOrphans(time.Duration) (ended bool) { return true }

// EndChildren knows of none: the runner kills the trial's process group.
func EndChildren() {}

// EndRun does nothing: other systems do not tell the environment of a process.
func EndRun(string) {}

// BindToParent is possible on Linux alone. Elsewhere a worker ends with its
// input, and a trial's group is killed by its runner.
func BindToParent(*exec.Cmd) {}

// AskWithParent is possible on Linux alone, too.
func AskWithParent(*exec.Cmd) {}

// ForbidsGroups is never asked: there is no control group here.
func ForbidsGroups(error) bool { return false }

// IntoGroup is never called: there is no control group here.
func IntoGroup(*exec.Cmd, int) {}

// machineAsleep is not known: there is one monotonic clock.
func machineAsleep() time.Duration { return 0 }

// NotifyChildren tells nothing, for StoppedChild knows nothing.
func NotifyChildren(chan<- os.Signal) {}

func StoppedChild() string { return "" }

// IsStopped is not known.
func IsStopped(*os.Process) bool { return false }
