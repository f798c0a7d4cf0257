package runner

import (
	"time"

	"iosweep/runner/journal"
)

// usage is what a tree of processes used: this one and the children that it has
// reaped.
type usage struct {
	user, system           time.Duration
	maxRSS                 int64 // of the largest process, bytes
	voluntary, involuntary int64
}

// startUsage forgets this process's peak memory so far, where the system lets
// it, and notes what has been used: reading a manifest is not the strategy's.
func startUsage() usage {
	resetPeakMemory()
	return readUsage()
}

// since is what was used after start. Peak memory is no difference: it is the
// peak since it was reset, or since the process began where it cannot be.
func (start usage) since() usage {
	now := readUsage()
	return usage{
		user:        now.user - start.user,
		system:      now.system - start.system,
		maxRSS:      now.maxRSS,
		voluntary:   now.voluntary - start.voluntary,
		involuntary: now.involuntary - start.involuntary,
	}
}

func (u usage) measurement() *journal.Measurement {
	return &journal.Measurement{
		User: u.user.Seconds(), System: u.system.Seconds(), MaxRSS: u.maxRSS,
		VoluntarySwitches: u.voluntary, InvoluntarySwitches: u.involuntary,
	}
}
