package trial

import (
	"os"
	"strings"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/operations"
)

// An observation collects the resources that a trial uses and the data that it stores. It also collects
// the use of the device below its workspace, and the other activity of the machine during the work. It begins right before the work and ends right
// after it. Its own system calls are outside of the timing.
type observation struct {
	cached *float64 // fraction of the inputs in memory at the start
	watch  *sysinfo.Watch
	io     process.IOCount
	device sysinfo.BlockDevice
	disk   sysinfo.DeviceCount
	delay  *time.Duration // of runnable threads; nil if unknown
	usage  process.Usage
}

// observe starts an observation. The runner, the parent of this process, only waits during the
// trial, so it does not count as other activity.
func observe(dir string, cached *float64) *observation {
	device := sysinfo.BlockDeviceOf(dir)
	return &observation{cached, sysinfo.Host.Watch(os.Getppid()), process.ReadIO(), device, device.Count(), runDelay(), process.StartUsage()}
}

// runDelay returns how long threads of this process have waited for a processor, or nil.
func runDelay() *time.Duration {
	if d, ok := process.RunDelay(); ok {
		return &d
	}
	return nil
}

// end returns the measurement so far, the peak memory of this process, and the peak memory of the
// largest child. By then the processes of the trial have been reaped, or are still children of
// this process. Unknown values are left out. memory is the result of the watch of their memory.
func (o *observation) end(site operations.Site, memory process.Sampled) (m *journal.Measurement, own, child int64) {
	used, own, io := o.usage.Since().Without(memory), process.PeakMemory(), process.ReadIO()
	disk, delay := o.device.Count(), runDelay()
	activity := o.watch.End()
	m = &journal.Measurement{
		SumRSS: positive(memory.Highest), Stored: io.StoredSince(o.io), CachedFraction: o.cached,
		StealFraction: activity.Steal, Throttled: activity.Throttled,
		PressureCPU: activity.PressureCPU, PressureIO: activity.PressureIO, PressureMemory: activity.PressureMemory,
	}
	elapsed, cpus := activity.Elapsed.Seconds(), sysinfo.Host.CPUs()
	m.Observed, m.CPUs = &elapsed, &cpus
	if used.Known {
		m.CPUUtilization = new((used.User + used.System).Seconds() / (elapsed * cpus))
		m.User, m.System = seconds(used.User), seconds(used.System)
		m.VoluntarySwitches, m.InvoluntarySwitches = &used.Voluntary, &used.Involuntary
	}
	if use, ok := disk.Since(o.disk, activity.Elapsed); ok {
		m.DeviceBusy, m.DeviceRead, m.DeviceWritten = &use.Busy, &use.Read, &use.Written
	}
	if delay != nil && o.delay != nil {
		m.RunDelay = seconds(max(0, *delay-*o.delay))
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
