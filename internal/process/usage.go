package process

import "time"

// Usage is what a tree of processes used: this one and the children that it has
// reaped.
type Usage struct {
	Known                  bool // false where the system does not tell
	User, System           time.Duration
	Voluntary, Involuntary int64
	// Children is the peak memory of the largest reaped child, in bytes. Linux
	// lets a child begin with the peak of who started it, so it is no less than
	// this process's own.
	Children int64
}

// StartUsage forgets this process's peak memory so far, where the system lets
// it, and notes what has been used: reading a manifest is not the strategy's.
func StartUsage() Usage {
	ResetPeakMemory()
	return readUsage()
}

// Since is what was used after start.
func (start Usage) Since() Usage {
	now := readUsage()
	now.User -= start.User
	now.System -= start.System
	now.Voluntary -= start.Voluntary
	now.Involuntary -= start.Involuntary
	return now
}
