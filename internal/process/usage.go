package process

import "time"

// Usage contains the resources used by this process and by the children that it has reaped.
type Usage struct {
	Known                  bool // false if the system does not report usage
	User, System           time.Duration
	Voluntary, Involuntary int64 // context switches
	// Children is the peak memory of the largest reaped child, in bytes. On Linux a child
	// starts with the peak of the process that started it, so this is at least the peak of
	// this process.
	Children int64
}

// StartUsage resets the peak memory of this process, if the system allows it, and returns the
// usage so far. Reading a manifest must not count as usage of the strategy.
func StartUsage() Usage {
	ResetPeakMemory()
	return readUsage()
}

// Since returns the usage after start.
func (start Usage) Since() Usage {
	now := readUsage()
	now.User -= start.User
	now.System -= start.System
	now.Voluntary -= start.Voluntary
	now.Involuntary -= start.Involuntary
	return now
}
