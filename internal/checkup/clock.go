package checkup

import (
	"fmt"
	"slices"
	"time"
)

// slowClocks are read through a device, and not by the processor itself: each reading
// is a system call of a microsecond or so.
var slowClocks = []string{"hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies"}

func clockSource(s *subject) Check {
	const path = "/sys/devices/system/clocksource/clocksource0/"
	source := s.root.Text(path + "current_clocksource")
	switch {
	case source == "":
		return unknown("it is not told here")
	case slices.Contains(slowClocks, source):
		advice := "find out why the kernel gave up tsc (sudo dmesg | grep -i tsc), boot with clocksource=tsc tsc=reliable if it is wrong"
		if available := s.root.Text(path + "available_clocksource"); available != "" {
			advice += "; there is " + available
		}
		return unfit(advice, "%s: it is slow to read", source).
			warn("The clock source is %s: reading it is slow, and the latency of an item is between two readings.", source)
	}
	return fit("%s", source)
}

// What a clock may be like: an item's latency takes two readings, and items of a few
// microseconds are common. Through the vDSO a reading is 20 to 60 ns (vdso(7)).
const (
	cheapReading   = 250 * time.Nanosecond
	fineResolution = time.Microsecond
)

func clock(*subject) Check { return judgeClock(readingCost(), resolution()) }

func judgeClock(cost, step time.Duration) Check {
	found := fmt.Sprintf("%v for a reading, in steps of %v", cost, step)
	switch {
	case cost > cheapReading:
		return unfit("see to the clock source; latencies of short items are too long by that much", "%s", found)
	case step > fineResolution:
		return unfit("look at totals and not at latencies: short items seem to take no time, or a whole step", "%s", found)
	}
	return fit("%s", found)
}

// readingCost is that of the fastest of some runs of readings: what disturbs makes it
// longer only.
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

// resolution is the smallest step between two readings that differ. On some systems it
// takes a while to see one.
func resolution() time.Duration {
	const steps, patience = 1000, 50 * time.Millisecond
	begin := time.Now()
	best := patience
	for n, last := 0, begin; n < steps && last.Sub(begin) < patience; {
		now := time.Now()
		if d := now.Sub(last); d > 0 {
			best, last = min(best, d), now
			n++
		}
	}
	return best
}
