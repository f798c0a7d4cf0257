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

// Sampled is the result of a MemoryWatch.
type Sampled struct {
	Highest int64 // highest sum of the memory in bytes; 0 if there was no sample
	// The watch itself has read this number of bytes and used this cpu time. ReadIO and Usage
	// contain them.
	Read int64
	CPU  time.Duration
}

// Without returns the usage without the cpu time of a MemoryWatch. Almost all of that is system
// time: it reads files of /proc.
func (u Usage) Without(watch Sampled) Usage {
	system := min(u.System, watch.CPU)
	u.System -= system
	u.User = max(0, u.User-(watch.CPU-system))
	return u
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
