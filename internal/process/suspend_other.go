//go:build !linux

package process

import (
	"os"
	"time"
)

// machineAsleep is not known: there is one monotonic clock.
func machineAsleep() time.Duration { return 0 }

// NotifyChildren tells nothing, for StoppedChild knows nothing.
func NotifyChildren(chan<- os.Signal) {}

func StoppedChild() string { return "" }

// IsStopped is not known.
func IsStopped(*os.Process) bool { return false }
