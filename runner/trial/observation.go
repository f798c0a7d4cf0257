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

// An observation collects the resources that a trial uses, the data that it stores, and the
// other activity of the machine during the work. It begins right before the work and ends right
// after it. Its own system calls are outside of the timing.
type observation struct {
	cached *float64 // fraction of the inputs in memory at the start
	watch  *sysinfo.Watch
	io     process.IOCount
	usage  process.Usage
}

// observe starts an observation. The runner, the parent of this process, only waits during the
// trial, so it does not count as other activity.
func observe(cached *float64) *observation {
	return &observation{cached, sysinfo.Host.Watch(os.Getppid()), process.ReadIO(), process.StartUsage()}
}

// end returns the measurement so far, the peak memory of this process, and the peak memory of the
// largest child. By then the processes of the trial have been reaped, or are still children of
// this process. Unknown values are left out. memory is the result of the watch of their memory.
func (o *observation) end(site operations.Site, memory process.Sampled) (m *journal.Measurement, own, child int64) {
	used, own, io := o.usage.Since().Without(memory), process.PeakMemory(), process.ReadIO()
	activity := o.watch.End()
	m = &journal.Measurement{
		SumRSS: positive(memory.Highest), Stored: io.StoredSince(o.io), CachedFraction: o.cached,
		StealFraction: activity.Steal, Throttled: activity.Throttled,
		PressureCPU: activity.PressureCPU, PressureIO: activity.PressureIO, PressureMemory: activity.PressureMemory,
	}
	if used.Known {
		m.User, m.System = seconds(used.User), seconds(used.System)
		m.VoluntarySwitches, m.InvoluntarySwitches = &used.Voluntary, &used.Involuntary
	}
	if activity.Others.Known {
		m.Others = new(activity.Others.CPUs())
	}
	noise := activity.Noise()
	if uncached := warmCacheNoise(site, o.cached); uncached != "" {
		noise = append(noise, uncached)
	}
	// A process chooses its own name, which may contain control characters.
	m.Noise = oneline.Of(strings.Join(noise, "; "))
	return m, own, used.Children
}
