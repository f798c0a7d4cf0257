package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
)

// tick is the unit in which the kernel reports processor time to programs. USER_HZ is 100 on every
// architecture that Go supports (time(7), sysconf(3)).
const tick = 10 * time.Millisecond

// A cpuTicks is the processor time that the machine has used so far, in ticks, over all processors.
// It is zero if it could not be read.
type cpuTicks struct{ total, steal uint64 }

// cpuTicks reads the first line of /proc/stat. It does not use the library, which also reads the
// lines of single processors and interrupts: on a large machine there are hundreds.
func (r Root) cpuTicks() cpuTicks {
	line, _, _ := strings.Cut(r.Text("/proc/stat"), "\n")
	// user nice system idle iowait irq softirq steal; guest times, which
	// follow, are part of user already (proc_stat(5)).
	var c cpuTicks
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

// stealSince returns the fraction of processor time that the hypervisor gave to others since start.
// It returns false if no tick has passed.
func (c cpuTicks) stealSince(start cpuTicks) (share float64, ok bool) {
	if c.total <= start.total || c.steal < start.steal {
		return 0, false
	}
	return float64(c.steal-start.steal) / float64(c.total-start.total), true
}

// A pressure is the time that some task of the machine has waited so far for a processor, for
// storage, or for memory. Nil means not counted.
//
// It covers the whole machine, not only the control group of this process: the pressure of a group
// excludes the processes outside it, and not every system has it.
type pressure struct{ cpu, io, memory *time.Duration }

// pressure reads /proc/pressure; see Documentation/accounting/psi.rst of Linux.
func (r Root) pressure() pressure {
	return pressure{r.stalled("cpu"), r.stalled("io"), r.stalled("memory")}
}

// stalled returns how long at least one task has waited for a resource, even if others could
// continue. It uses the library procfs. This package reads other files itself, because the library
// does not support them or is too slow to use around every trial. They are the list of processes
// (snapshot.go), /proc/vmstat, mounts with their options in order, and control groups.
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

// LoadAverage returns the load of the machine over the last minute.
func (r Root) LoadAverage() (load float64, ok bool) {
	text, _, _ := strings.Cut(r.Text("/proc/loadavg"), " ")
	load, err := strconv.ParseFloat(text, 64)
	return load, err == nil
}

// overheated returns how often the processors have been slowed down for heat so far. It returns nil
// if this is not counted, as on most virtual machines. The files exist on x86:
// /sys/devices/system/cpu/cpuN/thermal_throttle.
func (r Root) overheated() *int64 {
	// If any processor has these files, the first one has them.
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

// plus adds n to a sum. A nil sum means that there is no value yet.
func plus[T ~int64](sum *T, n T) *T {
	if sum != nil {
		n += *sum
	}
	return &n
}
