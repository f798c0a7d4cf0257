package sysinfo

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// A census is how much processor time each process of the machine has had so far, by
// pid; it is empty where that is not known. The kernel's own threads are not in it: much
// of what they do they do for the trial, as writing back what it wrote.
type census struct {
	at        time.Time
	processes map[int]process
}

// A process, as proc_pid_stat(5) has it.
type process struct {
	pid, parent int
	born        uint64 // since the machine's start: numbers are given out again
	// ticks are its own, and those of the children that it has reaped and theirs: so
	// who comes and goes between two censuses is in that of its parent.
	ticks int64
	name  string // which the kernel cuts off at 15 bytes
}

// has reports whether a process of another census is in this one.
func (c census) has(p process) bool {
	same, ok := c.processes[p.pid]
	return ok && same.born == p.born
}

// Others is what processes beside one's own had of the processors for a while.
type Others struct {
	Known   bool
	Time    time.Duration // of processors
	Elapsed time.Duration
	Busiest []Busy // the first has had most; those of one name are counted together
}

// A Busy is what all processes of one name have had.
type Busy struct {
	Name      string
	PID       int // of the busiest of them
	Processes int
	Time      time.Duration
}

// CPUs is how many processors they kept busy.
func (o Others) CPUs() float64 {
	if o.Elapsed <= 0 {
		return 0
	}
	return o.Time.Seconds() / o.Elapsed.Seconds()
}

// since is what others had after an earlier census: all but self with all that it
// started, and but those of apart. It is not known of less than a tick.
func (c census) since(before census, self int, apart []int) Others {
	o := Others{Known: true, Elapsed: c.at.Sub(before.at)}
	if len(c.processes) == 0 || len(before.processes) == 0 || o.Elapsed < tick {
		return Others{}
	}
	names := map[string]Busy{}
	largest := map[string]int64{}
	for pid, used := range c.used(before) {
		if used <= 0 || slices.Contains(apart, pid) || c.descends(pid, self) {
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

// used are the ticks that each process has had since.
func (c census) used(before census) map[int]int64 {
	now := make(map[int]int64, len(c.processes))
	for pid, p := range c.processes {
		now[pid] = p.ticks
		if before.has(p) {
			now[pid] -= before.processes[pid].ticks
		}
	}
	// Who has ended has left all its ticks, also those of before, to its parent. That
	// may be one of those that ended, too.
	for _, p := range before.processes {
		if c.has(p) {
			continue
		}
		heir := p.parent
		for q, was := before.processes[heir]; was && !c.has(q); q, was = before.processes[heir] {
			heir = q.parent
		}
		if _, alive := now[heir]; alive {
			now[heir] -= p.ticks
		}
	}
	return now
}

// descends reports whether a process is another or was started by it, by whatever way.
func (c census) descends(pid, from int) bool {
	for range len(c.processes) + 1 { // processes that change while they are read could seem to go round
		if pid == from {
			return true
		}
		if pid = c.processes[pid].parent; pid == 0 {
			return false
		}
	}
	return false
}
