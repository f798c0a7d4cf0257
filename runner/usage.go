package runner

import (
	"time"
)

// usage is what a tree of processes used: this one and the children that it has
// reaped.
type usage struct {
	known                  bool // false where the system does not tell
	user, system           time.Duration
	voluntary, involuntary int64
	// children is the peak memory of the largest reaped child, in bytes. Linux
	// lets a child begin with the peak of who started it, so it is no less than
	// this process's own.
	children int64
}

// startUsage forgets this process's peak memory so far, where the system lets
// it, and notes what has been used: reading a manifest is not the strategy's.
func startUsage() usage {
	resetPeakMemory()
	return readUsage()
}

// since is what was used after start.
func (start usage) since() usage {
	now := readUsage()
	now.user -= start.user
	now.system -= start.system
	now.voluntary -= start.voluntary
	now.involuntary -= start.involuntary
	return now
}
