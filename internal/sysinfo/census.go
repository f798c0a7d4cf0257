package sysinfo

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// A census is how much processor time each process of the machine has had so far. The
// kernel's own threads are not in it: much of what they do they do for the trial, as
// writing back what it wrote.
type census struct {
	known bool
	at    time.Time
	list  []process // by pid
}

// A process, as proc_pid_stat(5) has it.
type process struct {
	pid, parent int
	born        uint64 // since the machine's start: numbers are given out again
	// ticks are its own, and those of the children that it has reaped and theirs: so
	// who comes and goes between two censuses is in that of its parent.
	ticks int64
	name  comm
}

// A comm is the name of a process, which the kernel cuts off at 15 bytes.
type comm [15]byte

func (c comm) String() string {
	if i := slices.Index(c[:], 0); i >= 0 {
		return string(c[:i])
	}
	return string(c[:])
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
	if !c.known || !before.known || o.Elapsed < tick {
		return Others{}
	}
	parents := c.parents()
	names := map[string]*Busy{}
	largest := map[string]int64{}
	for pid, used := range c.used(before) {
		if used <= 0 || slices.Contains(apart, pid) || descends(pid, self, parents) {
			continue
		}
		name := c.named(pid)
		if names[name] == nil {
			names[name] = &Busy{Name: name}
		}
		b := names[name]
		b.Processes++
		b.Time += time.Duration(used) * tick
		if used > largest[name] {
			b.PID, largest[name] = pid, used
		}
		o.Time += time.Duration(used) * tick
	}
	for _, b := range names {
		o.Busiest = append(o.Busiest, *b)
	}
	slices.SortFunc(o.Busiest, func(a, b Busy) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Name, b.Name))
	})
	return o
}

// used are the ticks that each process has had since, of those that have had any.
func (c census) used(before census) map[int]int64 {
	now := map[int]int64{}
	for i, j := 0, 0; i < len(c.list); i++ {
		p := &c.list[i]
		for j < len(before.list) && before.list[j].pid < p.pid {
			j++
		}
		ticks := p.ticks
		if j < len(before.list) && before.list[j].sameAs(p) {
			ticks -= before.list[j].ticks
		}
		if ticks != 0 {
			now[p.pid] = ticks
		}
	}
	// Who has ended has left all its ticks, also those of before, to its parent. That
	// may be one of those that ended, too.
	inherited := map[int]int64{}
	parents := before.parents()
	for i := range before.list {
		if p := &before.list[i]; !c.has(p) {
			heir := p.parent
			for at, alive := before.find(heir); alive && !c.has(&before.list[at]); at, alive = before.find(heir) {
				heir = parents[heir]
			}
			inherited[heir] += p.ticks
		}
	}
	for heir, ticks := range inherited {
		if _, ok := now[heir]; ok {
			now[heir] -= ticks
		}
	}
	maps.DeleteFunc(now, func(_ int, ticks int64) bool { return ticks <= 0 })
	return now
}

func (p *process) sameAs(q *process) bool { return p.pid == q.pid && p.born == q.born }

// find is where a process is in the list.
func (c census) find(pid int) (at int, ok bool) {
	return slices.BinarySearchFunc(c.list, pid, func(p process, pid int) int { return cmp.Compare(p.pid, pid) })
}

func (c census) has(p *process) bool {
	at, ok := c.find(p.pid)
	return ok && c.list[at].sameAs(p)
}

func (c census) named(pid int) string {
	at, ok := c.find(pid)
	if !ok {
		return ""
	}
	return c.list[at].name.String()
}

func (c census) parents() map[int]int {
	of := make(map[int]int, len(c.list))
	for i := range c.list {
		of[c.list[i].pid] = c.list[i].parent
	}
	return of
}

// descends reports whether a process is another or was started by it, by whatever way.
func descends(pid, from int, parents map[int]int) bool {
	for range len(parents) + 1 { // processes that change while they are read could seem to go round
		if pid == from {
			return true
		}
		if pid = parents[pid]; pid == 0 {
			return false
		}
	}
	return false
}
