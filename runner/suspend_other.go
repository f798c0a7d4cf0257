//go:build !linux

package runner

import (
	"os"
	"time"
)

// machineAsleep is not known: there is one monotonic clock.
func machineAsleep() time.Duration { return 0 }

// notifyChildren tells nothing, for stoppedChild knows nothing.
func notifyChildren(chan<- os.Signal) {}

func stoppedChild() string { return "" }

// isStopped is not known.
func isStopped(*os.Process) bool { return false }
