package trial

import (
	"os"
	"strings"

	"iosweep/internal/oneline"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/operations"
)

// An observation is of what the trial uses and stores, and what else goes on in the
// machine, while the trial works. It begins right before the work and ends right after
// it, but does its own reading outside of what is timed.
type observation struct {
	cached *float64 // how much of the inputs was in memory when it began
	watch  *sysinfo.Watch
	io     process.IOCount
	usage  process.Usage
}

// observe begins. The runner, which is this process's parent, only waits.
func observe(cached *float64) *observation {
	return &observation{cached, sysinfo.Host.Watch(os.Getppid()), process.ReadIO(), process.StartUsage()}
}

// end returns what was observed, and the peak memory of this process and of the largest
// of its children. The processes that the trial started have been reaped by then, or are
// still its own. What is not known stays out.
func (o *observation) end(site operations.Site) (m *journal.Measurement, own, child int64) {
	used, own, io := o.usage.Since(), process.PeakMemory(), process.ReadIO()
	around := o.watch.End()
	m = &journal.Measurement{
		Stored: io.StoredSince(o.io), CachedFraction: o.cached,
		StealFraction: around.Steal, Throttled: around.Throttled,
		PressureCPU: around.PressureCPU, PressureIO: around.PressureIO, PressureMemory: around.PressureMemory,
	}
	if used.Known {
		m.User, m.System = seconds(used.User), seconds(used.System)
		m.VoluntarySwitches, m.InvoluntarySwitches = &used.Voluntary, &used.Involuntary
	}
	if around.Others.Known {
		m.Others = new(around.Others.CPUs())
	}
	noise := around.Noise()
	if cool := warmCacheNoise(site, o.cached); cool != "" {
		noise = append(noise, cool)
	}
	// Processes have the names that they give themselves.
	m.Noise = oneline.Of(strings.Join(noise, "; "))
	return m, own, used.Children
}
