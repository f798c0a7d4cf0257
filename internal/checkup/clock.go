package checkup

import (
	"fmt"
	"slices"
	"time"
)

// slowClocks are clock sources that a device provides, not the processor. Each reading is a system
// call that takes about a microsecond.
var slowClocks = []string{"hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies"}

func clockSource(s *subject) Check {
	const path = "/sys/devices/system/clocksource/clocksource0/"
	source := s.root.Text(path + "current_clocksource")
	switch {
	case source == "":
		return unknown("not available on this machine")
	case slices.Contains(slowClocks, source):
		advice := "find out why the kernel does not use tsc (sudo dmesg | grep -i tsc); if the kernel is wrong, boot with clocksource=tsc tsc=reliable"
		if available := s.root.Text(path + "available_clocksource"); available != "" {
			advice += "; available: " + available
		}
		return unfit(advice, "%s: slow to read", source).
			warn("The clock source is %s, which is slow to read: this increases the latency of every item.", source)
	}
	return fit("%s", source)
}

// The clock is fit if the cost of a reading and the resolution do not exceed these limits. The
// latency of an item needs two readings, and many items take only a few microseconds. A reading
// takes 20 to 60 ns through the vDSO (vdso(7)), which reads the clock without a system call.
const (
	cheapReading   = 250 * time.Nanosecond
	fineResolution = time.Microsecond
)

func clock(*subject) Check { return judgeClock(readingCost(), resolution()) }

func judgeClock(cost, step time.Duration) Check {
	found := fmt.Sprintf("%v per reading, resolution %v", cost, step)
	switch {
	case cost > cheapReading:
		return unfit("check the clock source: every measured latency includes the time of a reading", "%s", found)
	case step > fineResolution:
		return unfit("use total times, not latencies: a short item seems to take no time, or one whole step of the clock", "%s", found)
	}
	return fit("%s", found)
}

// readingCost returns the time of one reading. It takes the fastest of several runs, because
// disturbances can only make a run slower.
func readingCost() time.Duration {
	const runs, readings = 20, 1000
	best := time.Duration(1<<63 - 1)
	for range runs {
		begin := time.Now()
		for range readings {
			_ = time.Now()
		}
		best = min(best, time.Since(begin))
	}
	return best / readings
}

// resolution returns the smallest difference between two readings that differ. It stops after
// 50 ms, because on some systems the clock changes rarely.
func resolution() time.Duration {
	const steps, limit = 1000, 50 * time.Millisecond
	begin := time.Now()
	best := limit
	for n, last := 0, begin; n < steps && last.Sub(begin) < limit; {
		now := time.Now()
		if d := now.Sub(last); d > 0 {
			best, last = min(best, d), now
			n++
		}
	}
	return best
}
