package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
)

// tick is what the kernel counts processor time in towards programs: USER_HZ, which
// is 100 on every architecture that Go runs on (time(7), sysconf(3)).
const tick = 10 * time.Millisecond

// A cpuClock is the machine's processor time so far, in ticks, of all processors. The
// zero clock is one that could not be read.
type cpuClock struct{ total, steal uint64 }

// cpuClock reads the first line of /proc/stat, and leaves alone those of processors and
// interrupts, which the library reads as well: on a large machine they are hundreds.
func (r Root) cpuClock() cpuClock {
	line, _, _ := strings.Cut(r.Text("/proc/stat"), "\n")
	// user nice system idle iowait irq softirq steal; guest times, which
	// follow, are part of user already (proc_stat(5)).
	var c cpuClock
	for i, s := range strings.Fields(line) {
		n, err := strconv.ParseUint(s, 10, 64)
		if i == 0 || i > 8 || err != nil {
			continue
		}
		c.total += n
		if i == 8 {
			c.steal = n
		}
	}
	return c
}

// stealSince is the share of processor time that the hypervisor gave to others;
// not ok where too little time has passed for the clock's ticks.
func (c cpuClock) stealSince(start cpuClock) (share float64, ok bool) {
	if c.total <= start.total || c.steal < start.steal {
		return 0, false
	}
	return float64(c.steal-start.steal) / float64(c.total-start.total), true
}

// A pressure is for how long some task of the machine had to wait so far: for a
// processor, for storage, for memory. Nil is not counted here.
//
// It is the machine's, and not that of this process's control group: a group's own
// says nothing of who is outside of it, and not every system has one.
type pressure struct{ cpu, io, memory *time.Duration }

// pressure reads /proc/pressure; see Documentation/accounting/psi.rst of Linux.
func (r Root) pressure() pressure {
	return pressure{r.stalled("cpu"), r.stalled("io"), r.stalled("memory")}
}

// stalled is for how long at least one task waited, though others may have gone on. It is
// read by the library. What that does not read, or too slowly to do it around every trial,
// is read here: the list of processes (census.go), /proc/vmstat, mounts with their options
// in order, and control groups.
func (r Root) stalled(what string) *time.Duration {
	proc, err := procfs.NewFS(r.Path("/proc"))
	if err != nil {
		return nil
	}
	stats, err := proc.PSIStatsForResource(what)
	if err != nil || stats.Some == nil {
		return nil
	}
	return new(time.Duration(stats.Some.Total) * time.Microsecond)
}

// LoadAverage is the load of the machine over the last minute.
func (r Root) LoadAverage() (load float64, ok bool) {
	text, _, _ := strings.Cut(r.Text("/proc/loadavg"), " ")
	load, err := strconv.ParseFloat(text, 64)
	return load, err == nil
}

// overheated counts how often the processors were slowed down for heat so far; nil
// where that is not counted, as on most virtual machines. The files are those of x86,
// in /sys/devices/system/cpu/cpuN/thermal_throttle.
func (r Root) overheated() *int64 {
	// One processor has them if any has.
	if _, err := os.Stat(r.Path("/sys/devices/system/cpu/cpu0/thermal_throttle")); err != nil {
		return nil
	}
	paths, _ := filepath.Glob(r.Path("/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/*_throttle_count"))
	var sum *int64
	for _, path := range paths {
		if n, ok := Host.Number(path); ok {
			sum = plus(sum, n)
		}
	}
	return sum
}

// plus adds to a sum, which is nil before the first.
func plus[T ~int64](sum *T, n T) *T {
	if sum != nil {
		n += *sum
	}
	return &n
}
