package analysis

import (
	"slices"
	"strconv"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A Bound is the resource that limits a cell.
type Bound string

// The bounds of a cell. The bound of a cell without the needed figures is empty.
const (
	BoundCPU     Bound = "cpu"
	BoundDevice  Bound = "device"
	BoundWaiting Bound = "waiting" // for a lock, a timer, another computer: neither cpus nor the device are busy
	BoundMixed   Bound = "mixed"   // cpus and the device are both used, and neither limits alone
)

// The limits of the rule for bounds, as fractions of the time.
const (
	mostlyBusy = 0.75
	mostlyIdle = 0.25
	allBusy    = 0.9       // of all cpus
	mostWait   = 2.0 / 3.0 // for cpus, of the time of all workers
)

// minObserved is the minimum time of all trials of a cell together, in seconds. The kernel counts the
// activity of a device in ticks of up to 10 ms.
const minObserved = 0.05

// boundOf returns the resource that limits a cell, from its shares. Without cpu time nothing is known. If
// the device is unknown, only cells that use their cpus have a bound.
func boundOf(cpu, device Value) Bound {
	switch {
	case !cpu.OK || !device.OK && cpu.X < mostlyBusy:
		return ""
	case cpu.X >= mostlyBusy && device.X >= mostlyBusy:
		return BoundMixed
	case cpu.X >= mostlyBusy:
		return BoundCPU
	case device.X >= mostlyBusy:
		return BoundDevice
	case device.X < mostlyIdle:
		return BoundWaiting
	}
	return BoundMixed
}

// boundBy returns the resource that limits a cell. A cell that did not do its work has none.
func (d *Data) boundBy(s *Summary) Bound {
	if s.ExpectedFailures > 0 {
		return ""
	}
	return boundOf(s.shares(d.hasNoDevice(s)))
}

// shares returns the part of the cpu time that the workers of a cell could have and used, and the part of
// the time in which the device was busy.
//
// Other programs may take cpus from a cell. So if it did not use all that it could have, the time in
// which its workers waited for a cpu does not count for both shares. If they waited most of the time,
// nothing is known. The wait of a contender is unknown. If it and other programs kept all cpus busy, a
// low share does not show that it waited for something else.
func (s *Summary) shares(noDevice bool) (cpu, device Value) {
	var used, possible, all, lives, wait, crowd float64
	threads := float64(s.threads())
	for _, t := range s.Good {
		m := t.Measurement
		if m.User == nil || m.System == nil || m.Observed == nil || m.CPUs == nil {
			continue
		}
		used += *m.User + *m.System
		possible += *m.Observed * min(threads, *m.CPUs)
		all += *m.Observed * *m.CPUs
		lives += *m.Observed * threads
		switch {
		case m.RunDelay != nil:
			wait += *m.RunDelay
		case m.Others != nil:
			crowd += *m.User + *m.System + *m.Others**m.Observed
		}
	}
	if possible <= 0 {
		return cpu, device
	}
	cpu, device = estimate.Of(min(1, used/possible)), s.deviceShare(noDevice)
	if cpu.X >= mostlyBusy {
		return cpu, device
	}
	if device.X < mostlyBusy && (crowd >= allBusy*all || wait > mostWait*lives) {
		return Value{}, device
	}
	wait = min(wait, mostWait*lives)
	cpu.X = max(cpu.X, min(1, used/(lives-wait)))
	device.X = min(1, device.X/(1-wait/lives))
	return cpu, device
}

// threads returns the number of threads that a cell can keep on cpus, or a large number if it has no
// limit. A ring of io_uring has one thread for all its requests.
func (s *Summary) threads() int {
	const unlimited = 1 << 20
	rings, err := strconv.Atoi(s.Cell.Levels[experiments.Threads.String()])
	switch {
	case s.Cell.Levels[experiments.Strategy.String()] == "io_uring":
		if err != nil {
			return 1
		}
		return max(1, rings)
	case s.Cell.Concurrency > 0:
		return s.Cell.Concurrency
	case s.Cell.Command != "":
		return 1
	}
	return unlimited
}

// deviceShare returns the part of the time in which the device was busy. It is unknown if the trials
// of the cell took too little time.
func (s *Summary) deviceShare(none bool) Value {
	var busy, observed float64
	for _, t := range s.Good {
		m := t.Measurement
		if m.Observed == nil || m.DeviceBusy == nil && !none {
			continue
		}
		observed += *m.Observed
		if m.DeviceBusy != nil {
			busy += *m.DeviceBusy * *m.Observed
		}
	}
	if observed < minObserved {
		return Value{}
	}
	return estimate.Of(min(1, busy/observed))
}

// hasNoDevice reports whether the workspace of a cell is in memory, so that its device is never busy.
func (d *Data) hasNoDevice(s *Summary) bool {
	return slices.Contains([]string{"tmpfs", "ramfs"}, d.filesystem(s.Cell.Levels[experiments.Workspace.String()]))
}

// limitsOf returns the means of the figures that show what limits a cell.
func limitsOf(trials []*journal.Trial) Limits {
	type m = *journal.Measurement
	return Limits{
		CPUUtilization: mean(trials, func(m m) *float64 { return m.CPUUtilization }),
		DeviceBusy:     mean(trials, func(m m) *float64 { return m.DeviceBusy }),
		DeviceRead:     mean(trials, func(m m) *float64 { return AsFloat(m.DeviceRead) }),
		DeviceWritten:  mean(trials, func(m m) *float64 { return AsFloat(m.DeviceWritten) }),
		RunDelay:       mean(trials, func(m m) *float64 { return m.RunDelay }),
	}
}

// Limits contains figures that show what limits a cell: means over the good trials that have them.
type Limits struct {
	CPUUtilization, DeviceBusy, DeviceRead, DeviceWritten, RunDelay Value
}
