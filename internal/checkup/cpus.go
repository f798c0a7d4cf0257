package checkup

import (
	"fmt"

	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

func cpus(s *subject) Check {
	found := units.Count(s.cpus, "cpu")
	if online := sysinfo.CountCPUs(s.root.Text("/sys/devices/system/cpu/online")); online > 0 {
		found = fmt.Sprintf("%d of %s", s.cpus, units.Count(online, "cpu"))
	}
	if s.root.Text("/sys/devices/system/cpu/smt/active") == "1" {
		found += ", some of which share a core (SMT)"
	}
	if s.cpus < 2 {
		return unfit("use at least two cpus: check the affinity (taskset -p $$), cpusets, and the size of the virtual machine",
			"%s: concurrency cannot speed up computation", found)
	}
	return fit("%s", found)
}

// quota checks whether the control group limits the processor time to less than all processors.
func quota(s *subject) Check {
	limit, limited := s.root.Quota()
	stopped := s.noise.ThrottledNoise()
	switch {
	case stopped != "":
		return unfit("raise the quota (systemd: CPUQuota=, docker: --cpus), or use fewer workers", "%s", stopped).
			warn("Before the run the processes of this control group were %s. Trials will be stopped in the same way.", stopped)
	case limited && limit < float64(s.cpus):
		return unfit(fmt.Sprintf("remove the quota (systemd: CPUQuota=, docker: --cpus), or use at most %d workers", max(1, int(limit))),
			"%.3g of %s", limit, units.Count(s.cpus, "cpu")).
			warn("The control group of this process may use only %.3g of %s. When it has used this quota, the kernel stops its processes for the rest of the period, so more workers are not faster.",
				limit, units.Count(s.cpus, "cpu"))
	case limited:
		return fit("quota of %.3g cpus, with %d cpus available", limit, s.cpus)
	case s.noise.Throttled == nil && s.root.Text("/proc/self/cgroup") == "":
		return unknown("control groups are not visible")
	}
	return fit("none")
}
