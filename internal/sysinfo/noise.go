package sysinfo

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// A Watch is what the machine had counted when something began that it may disturb.
type Watch struct {
	root     Root
	apart    []int
	census   census
	at       time.Time
	clock    cpuClock
	pressure pressure
	stopped  *time.Duration
	heat     *int64
	swapped  *int64
}

// A Disturbance is what went on in the machine between the beginning and the end of a
// Watch. Shares are parts of the time between; nil is not known.
type Disturbance struct {
	Elapsed   time.Duration
	Others    Others
	Steal     *float64 // of all processor time
	Stolen    time.Duration
	Throttled *float64 // the control group had spent its quota
	// Some task waited, be it one's own.
	PressureCPU, PressureIO, PressureMemory *float64

	Overheated *int64 // how often processors were slowed down
	Swapped    *int64 // pages, in both directions
}

// Watch begins. Processes apart are no part of what is watched, and do not disturb it
// either: who waits for it. What takes longest comes first, so that all that is read
// is read soon before.
func (r Root) Watch(apart ...int) *Watch {
	w := &Watch{root: r, apart: apart, census: r.census(), heat: r.overheated(), swapped: r.swapped()}
	w.stopped, w.pressure, w.clock = r.throttled(), r.pressure(), r.cpuClock()
	w.at = time.Now()
	return w
}

// End says what went on since, leaving out what this process did with all that it has
// started.
func (w *Watch) End() Disturbance {
	d := Disturbance{Elapsed: time.Since(w.at)}
	clock, pressure, stopped := w.root.cpuClock(), w.root.pressure(), w.root.throttled()
	if share, ok := clock.stealSince(w.clock); ok {
		d.Steal, d.Stolen = &share, time.Duration(clock.steal-w.clock.steal)*tick
	}
	d.PressureCPU = d.share(w.pressure.cpu, pressure.cpu)
	d.PressureIO = d.share(w.pressure.io, pressure.io)
	d.PressureMemory = d.share(w.pressure.memory, pressure.memory)
	d.Throttled = d.share(w.stopped, stopped)
	d.Overheated, d.Swapped = risen(w.heat, w.root.overheated()), risen(w.swapped, w.root.swapped())
	d.Others = w.root.census().since(w.census, os.Getpid(), w.apart)
	return d
}

// share is the part of the time that a clock of its own ran. Throttling is counted for
// each processor, so several of them can come to more than the whole.
func (d *Disturbance) share(before, after *time.Duration) *float64 {
	if before == nil || after == nil || *after < *before || d.Elapsed <= 0 {
		return nil
	}
	return new(min(1, (*after-*before).Seconds()/d.Elapsed.Seconds()))
}

func risen(before, after *int64) *int64 {
	if before == nil || after == nil || *after < *before {
		return nil
	}
	return new(*after - *before)
}

// What a quiet machine stays below. Pressure on processors and storage is in no list:
// the work that is watched makes it itself.
const (
	// resolution is what has to be counted at least before it is believed. Times of
	// processes come in ticks, each of which may have begun long before.
	resolution = 3 * tick
	// quietOthers is in processors. An idle desktop has a few hundredths; a tenth is
	// enough to show in a time.
	quietOthers    = 0.10
	quietSteal     = 0.01
	quietThrottled = 0.01
	quietMemory    = 0.01
	// shortest is what a wait has to come to: the bookkeeping of memory alone stalls
	// for some microseconds.
	shortest = time.Millisecond
)

// Noise says what disturbed, for people: one text for each thing, none on a quiet
// machine.
func (d *Disturbance) Noise() []string {
	list := []string{d.OthersNoise(), d.StealNoise(), d.ThrottledNoise(), d.MemoryNoise(), d.HeatNoise()}
	return slices.DeleteFunc(list, func(text string) bool { return text == "" })
}

// OthersNoise says that other processes used processors, and which.
func (d *Disturbance) OthersNoise() string {
	o := d.Others
	if !o.Known || o.Time < resolution || o.CPUs() < quietOthers {
		return ""
	}
	return fmt.Sprintf("other processes used %.2f cpus, %s", o.CPUs(), o.blame())
}

// blame names the busiest of the others.
func (o Others) blame() string {
	first := o.Busiest[0]
	who := fmt.Sprintf("%s (pid %d)", first.Name, first.PID)
	if first.Processes > 1 {
		who = fmt.Sprintf("%s (%d processes, pid %d among them)", first.Name, first.Processes, first.PID)
	}
	if 2*first.Time < o.Time {
		return "above all " + who
	}
	return "most of it " + who
}

// StealNoise says that a hypervisor gave processors to others.
func (d *Disturbance) StealNoise() string {
	if d.Steal == nil || d.Stolen < resolution || *d.Steal < quietSteal {
		return ""
	}
	return fmt.Sprintf("%.1f%% steal", 100**d.Steal)
}

// ThrottledNoise says that the control group had spent its quota.
func (d *Disturbance) ThrottledNoise() string {
	if !d.above(d.Throttled, quietThrottled) {
		return ""
	}
	return fmt.Sprintf("stopped for %.1f%% of the time by the cpu quota of the control group", 100**d.Throttled)
}

// MemoryNoise says that there was too little memory.
func (d *Disturbance) MemoryNoise() string {
	if !d.above(d.PressureMemory, quietMemory) {
		return ""
	}
	return fmt.Sprintf("processes waited for memory for %.1f%% of the time", 100**d.PressureMemory)
}

// HeatNoise says that processors got too hot.
func (d *Disturbance) HeatNoise() string {
	if d.Overheated == nil || *d.Overheated == 0 {
		return ""
	}
	return "the processors were slowed down for heat"
}

func (d *Disturbance) above(share *float64, quiet float64) bool {
	return share != nil && *share >= quiet && *share*d.Elapsed.Seconds() >= shortest.Seconds()
}
