package sysinfo

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// A snapshot contains the processor time that each process of the machine has used so far, by pid. It
// is empty if this is unknown. It does not contain kernel threads, because they do much of their
// work for the trial, such as writing dirty pages to storage.
type snapshot struct {
	at        time.Time
	processes map[int]process
}

// A process is a process as in proc_pid_stat(5).
type process struct {
	pid, parent int
	started     uint64 // ticks since boot; distinguishes processes that use the same pid
	// ticks is the processor time of the process, of its reaped children, and of their reaped
	// children. So the time of a process that starts and ends between two snapshots is in the
	// ticks of its parent.
	ticks int64
	name  string // truncated by the kernel to 15 bytes
}

// has reports whether a process of another snapshot is in this one.
func (c snapshot) has(p process) bool {
	same, ok := c.processes[p.pid]
	return ok && same.started == p.started
}

// Others is the processor time that other processes used between two snapshots.
type Others struct {
	Known   bool
	Time    time.Duration // processor time
	Elapsed time.Duration
	Busiest []Busy // by name, in descending order of processor time
}

// A Busy is the processor time of all processes with the same name.
type Busy struct {
	Name      string
	PID       int // of the busiest process
	Processes int // number of processes
	Time      time.Duration
}

// CPUs returns the mean number of processors that other processes kept busy.
func (o Others) CPUs() float64 {
	if o.Elapsed <= 0 {
		return 0
	}
	return o.Time.Seconds() / o.Elapsed.Seconds()
}

// since returns the processor time of other processes since an earlier snapshot. It leaves out self
// with all its descendants, and the excluded processes. The result is unknown if less than a tick
// has elapsed.
func (c snapshot) since(before snapshot, self int, excluded []int) Others {
	o := Others{Known: true, Elapsed: c.at.Sub(before.at)}
	if len(c.processes) == 0 || len(before.processes) == 0 || o.Elapsed < tick {
		return Others{}
	}
	names := map[string]Busy{}
	largest := map[string]int64{}
	for pid, used := range c.used(before) {
		if used <= 0 || slices.Contains(excluded, pid) || c.descends(pid, self) {
			continue
		}
		name := c.processes[pid].name
		b := names[name]
		b.Name = name
		b.Processes++
		b.Time += time.Duration(used) * tick
		if used > largest[name] {
			b.PID, largest[name] = pid, used
		}
		names[name] = b
		o.Time += time.Duration(used) * tick
	}
	o.Busiest = slices.SortedFunc(maps.Values(names), func(a, b Busy) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Name, b.Name))
	})
	return o
}

// used returns the ticks that each process has used since an earlier snapshot.
func (c snapshot) used(before snapshot) map[int]int64 {
	now := make(map[int]int64, len(c.processes))
	for pid, p := range c.processes {
		now[pid] = p.ticks
		if before.has(p) {
			now[pid] -= before.processes[pid].ticks
		}
	}
	// When a process ends, all its ticks are added to its parent, including the ticks from before
	// the earlier snapshot. Subtract these earlier ticks from the closest ancestor that has not
	// ended.
	for _, p := range before.processes {
		if c.has(p) {
			continue
		}
		ancestor := p.parent
		for q, existed := before.processes[ancestor]; existed && !c.has(q); q, existed = before.processes[ancestor] {
			ancestor = q.parent
		}
		if _, alive := now[ancestor]; alive {
			now[ancestor] -= p.ticks
		}
	}
	return now
}

// descends reports whether a process is the ancestor itself or one of its descendants.
func (c snapshot) descends(pid, ancestor int) bool {
	for range len(c.processes) + 1 { // the parents could form a cycle, because processes change during a snapshot
		if pid == ancestor {
			return true
		}
		if pid = c.processes[pid].parent; pid == 0 {
			return false
		}
	}
	return false
}
