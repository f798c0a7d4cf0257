package sysinfo

import (
	"strconv"
	"strings"
	"time"
)

// tick is what the kernel counts processor time in towards programs: USER_HZ, which
// is 100 on every architecture that Go runs on (time(7), sysconf(3)).
const tick = 10 * time.Millisecond

// A CPUClock is the machine's processor time so far, in ticks, of all processors. The
// zero clock is one that could not be read.
type CPUClock struct{ total, steal uint64 }

// CPUClock reads the first line of /proc/stat.
func (r Root) CPUClock() CPUClock {
	line, _, _ := strings.Cut(r.Text("/proc/stat"), "\n")
	// user nice system idle iowait irq softirq steal; guest times, which
	// follow, are part of user already (proc_stat(5)).
	var c CPUClock
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

// StealSince is the share of processor time that the hypervisor gave to others;
// not ok where too little time has passed for the clock's ticks.
func (c CPUClock) StealSince(start CPUClock) (share float64, ok bool) {
	if c.total <= start.total || c.steal < start.steal {
		return 0, false
	}
	return float64(c.steal-start.steal) / float64(c.total-start.total), true
}

// stolenSince is that processor time itself.
func (c CPUClock) stolenSince(start CPUClock) time.Duration {
	if c.steal < start.steal {
		return 0
	}
	return time.Duration(c.steal-start.steal) * tick
}
