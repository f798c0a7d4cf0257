package checkup

import (
	"fmt"
	"strconv"
	"strings"

	"iosweep/internal/units"
)

func cpus(s *subject) Check {
	found := units.Count(s.cpus, "cpu")
	if online := countList(s.root.Text("/sys/devices/system/cpu/online")); online > 0 {
		found = fmt.Sprintf("%d of %s", s.cpus, units.Count(online, "cpu"))
	}
	if s.root.Text("/sys/devices/system/cpu/smt/active") == "1" {
		found += ", some of which share a core (SMT)"
	}
	if s.cpus < 2 {
		return unfit("measure on two or more: check the affinity (taskset -p $$), cpusets and the size of the virtual machine",
			"%s: work that computes cannot gain from concurrency here", found)
	}
	return fit("%s", found)
}

// quota: a control group may have less processor time than there are processors.
func quota(s *subject) Check {
	limit, limited := s.root.Quota()
	stopped := s.noise.ThrottledNoise()
	switch {
	case stopped != "":
		return unfit("raise the quota (systemd: CPUQuota=, docker: --cpus), or use fewer workers", "%s", stopped).
			warn("Before the run the processes of this control group were %s: trials will be, too.", stopped)
	case limited && limit < float64(s.cpus):
		return unfit(fmt.Sprintf("lift the quota (systemd: CPUQuota=, docker: --cpus), or compare no more than %d workers", max(1, int(limit))),
			"%.3g of %s", limit, units.Count(s.cpus, "cpu")).
			warn("The control group of this process may use %.3g of %s: beyond that its processes are stopped for the rest of every period, and more workers gain nothing.",
				limit, units.Count(s.cpus, "cpu"))
	case limited:
		return fit("%.3g cpus, and there are %d", limit, s.cpus)
	case s.noise.Throttled == nil && s.root.Text("/proc/self/cgroup") == "":
		return unknown("there are no control groups to be seen")
	}
	return fit("none")
}

// countList counts what a list such as 0-3,8 names: cpuset(7). It is 0 for what is none.
func countList(list string) (n int) {
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 != nil || err2 != nil || to < from {
			return 0
		}
		n += to - from + 1
	}
	return n
}
