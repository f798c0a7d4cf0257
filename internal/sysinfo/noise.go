package sysinfo

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// A Watch contains the counters of possible disturbances at the beginning of a trial.
type Watch struct {
	root      Root
	excluded  []int
	snapshot  snapshot
	at        time.Time
	cpu       cpuTicks
	pressure  pressure
	throttled *time.Duration
	heat      *int64
	swapped   *int64
}

// A Disturbance describes the activity of the machine between the beginning and the end of a Watch.
// Fractions are fractions of the elapsed time, unless a comment names something else. Nil means
// unknown.
type Disturbance struct {
	Elapsed time.Duration
	Others  Others
	// Stolen is the processor time that the hypervisor gave to other virtual machines. The kernel
	// calls it steal. Steal is this time as a fraction of all processor time.
	Steal     *float64
	Stolen    time.Duration
	Throttled *float64 // the quota of the control group was used up
	// Some task waited, including the tasks of this process.
	PressureCPU, PressureIO, PressureMemory *float64

	Overheated *int64 // number of slowdowns for heat
	Swapped    *int64 // pages, in both directions
}

// Watch reads the counters at the beginning of a trial. The excluded processes, for example a
// process that waits for the trial, count neither as part of the trial nor as a disturbance. The
// slowest counters are read first, so that the others are read shortly before the trial.
func (r Root) Watch(excluded ...int) *Watch {
	w := &Watch{root: r, excluded: excluded, snapshot: r.snapshot(), heat: r.overheated(), swapped: r.swapped()}
	w.throttled, w.pressure, w.cpu = r.throttled(), r.pressure(), r.cpuTicks()
	w.at = time.Now()
	return w
}

// End reads the counters again and returns the activity since the beginning, without the work of
// this process and its descendants.
func (w *Watch) End() Disturbance {
	d := Disturbance{Elapsed: time.Since(w.at)}
	cpu, pressure, throttled := w.root.cpuTicks(), w.root.pressure(), w.root.throttled()
	if share, ok := cpu.stealSince(w.cpu); ok {
		d.Steal, d.Stolen = &share, time.Duration(cpu.steal-w.cpu.steal)*tick
	}
	d.PressureCPU = d.share(w.pressure.cpu, pressure.cpu)
	d.PressureIO = d.share(w.pressure.io, pressure.io)
	d.PressureMemory = d.share(w.pressure.memory, pressure.memory)
	d.Throttled = d.share(w.throttled, throttled)
	d.Overheated, d.Swapped = increase(w.heat, w.root.overheated()), increase(w.swapped, w.root.swapped())
	d.Others = w.root.snapshot().since(w.snapshot, os.Getpid(), w.excluded)
	return d
}

// share returns the increase of a time as a fraction of the elapsed time, but at most 1. The
// throttled time is summed over processors, so it can be longer than the elapsed time.
func (d *Disturbance) share(before, after *time.Duration) *float64 {
	if before == nil || after == nil || *after < *before || d.Elapsed <= 0 {
		return nil
	}
	return new(min(1, (*after-*before).Seconds()/d.Elapsed.Seconds()))
}

// increase returns the increase of a counter, or nil if it is unknown.
func increase(before, after *int64) *int64 {
	if before == nil || after == nil || *after < *before {
		return nil
	}
	return new(*after - *before)
}

// Limits of a quiet machine. There are no limits for the pressure on processors and storage,
// because the trial itself causes it.
const (
	// resolution is the minimum processor time that counts. The times of processes are in ticks,
	// and the first tick can include time from long before the trial.
	resolution = 3 * tick
	// quietOthers is in processors. An idle desktop uses a few hundredths; a tenth is enough to
	// affect a time.
	quietOthers    = 0.10
	quietSteal     = 0.01
	quietThrottled = 0.01
	quietMemory    = 0.01
	// minWait is the minimum time of a wait that counts: memory management alone causes waits of
	// some microseconds.
	minWait = time.Millisecond
)

// Noise describes each disturbance in a phrase. It returns none for a quiet machine.
func (d *Disturbance) Noise() []string {
	list := []string{d.OthersNoise(), d.StealNoise(), d.ThrottledNoise(), d.MemoryNoise(), d.HeatNoise()}
	return slices.DeleteFunc(list, func(text string) bool { return text == "" })
}

// OthersNoise describes the processors that other processes used, or returns "".
func (d *Disturbance) OthersNoise() string {
	o := d.Others
	if !o.Known || o.Time < resolution || o.CPUs() < quietOthers {
		return ""
	}
	return fmt.Sprintf("other processes used %.2f cpus, %s", o.CPUs(), o.busiest())
}

// busiest names the processes that used most of the time.
func (o Others) busiest() string {
	first := o.Busiest[0]
	name := fmt.Sprintf("%s (pid %d)", first.Name, first.PID)
	if first.Processes > 1 {
		name = fmt.Sprintf("%s (%d processes, pid %d among them)", first.Name, first.Processes, first.PID)
	}
	if 2*first.Time < o.Time {
		return "above all " + name
	}
	return "most of it " + name
}

// StealNoise describes the time that a hypervisor gave to others, or returns "".
func (d *Disturbance) StealNoise() string {
	if d.Steal == nil || d.Stolen < resolution || *d.Steal < quietSteal {
		return ""
	}
	return fmt.Sprintf("%.1f%% steal", 100**d.Steal)
}

// ThrottledNoise describes how long the quota of the control group was used up, or returns "".
func (d *Disturbance) ThrottledNoise() string {
	if !d.above(d.Throttled, quietThrottled) {
		return ""
	}
	return fmt.Sprintf("stopped for %.1f%% of the time by the cpu quota of the control group", 100**d.Throttled)
}

// MemoryNoise describes how long processes waited for memory, or returns "".
func (d *Disturbance) MemoryNoise() string {
	if !d.above(d.PressureMemory, quietMemory) {
		return ""
	}
	return fmt.Sprintf("processes waited for memory for %.1f%% of the time", 100**d.PressureMemory)
}

// HeatNoise reports that processors were too hot, or returns "".
func (d *Disturbance) HeatNoise() string {
	if d.Overheated == nil || *d.Overheated == 0 {
		return ""
	}
	return "the processors were slowed down for heat"
}

// above reports whether a fraction of the time is above the limit of a quiet machine, and is at
// least minWait.
func (d *Disturbance) above(share *float64, quiet float64) bool {
	return share != nil && *share >= quiet && *share*d.Elapsed.Seconds() >= minWait.Seconds()
}
