package checkup

import (
	"fmt"
	"strings"

	"iosweep/internal/units"
)

// quietLoad is the load per processor up to which a machine counts as idle. The load is an average
// over a minute, so it can include work that has already ended.
const quietLoad = 0.5

func load(s *subject) Check {
	average, ok := s.root.LoadAverage()
	if !ok {
		return unknown("not available on this machine")
	}
	found := fmt.Sprintf("%.2f for %s over the last minute", average, units.Count(s.cpus, "cpu"))
	if average > quietLoad*float64(s.cpus) {
		return unfit("wait until other programs have ended (see top), and then one more minute", "%s", found)
	}
	return fit("%s", found)
}

// others checks the processor time that other processes used during the observation.
func others(s *subject) Check {
	o := s.noise.Others
	if !o.Known {
		return unknown("not available on this machine")
	}
	if noise := s.noise.OthersNoise(); noise != "" {
		return unfit("end them, or stop them during the measurement (kill -STOP)", "%s%s", strings.TrimPrefix(noise, "other processes "), nextBusiest(s)).
			warn("Before the run %s. They take processors and caches from the trials.", noise)
	}
	if in := container(s.root); in != "" && o.Time == 0 {
		return unknown("%s: processes outside it may not be visible", in)
	}
	return fit("used %.2f cpus", o.CPUs())
}

// nextBusiest names the second and third busiest processes, or returns "".
func nextBusiest(s *subject) string {
	busiest := s.noise.Others.Busiest
	var names []string
	for _, b := range busiest[1:min(3, len(busiest))] {
		names = append(names, fmt.Sprintf("%s (pid %d)", b.Name, b.PID))
	}
	if len(names) == 0 {
		return ""
	}
	return ", then " + strings.Join(names, ", ")
}

// steal checks whether a hypervisor gives processors to other virtual machines.
func steal(s *subject) Check {
	if noise := s.noise.StealNoise(); noise != "" {
		return unfit("measure at another time, or on a machine with dedicated processors", "%s: the hypervisor gives processors to other virtual machines", noise).
			warn("Before the run the hypervisor gave processors to other virtual machines (%s). The times of trials include this delay.", noise)
	}
	if s.noise.Steal == nil {
		return unknown("not available on this machine")
	}
	return fit("%.1f%%", 100**s.noise.Steal)
}

// quietPressure is the fraction of the time in which some task may wait on a quiet machine. This
// program does not add to it, because it is idle during the observation.
const quietPressure = 0.10

// pressure checks how long tasks had to wait for processors, storage and memory.
func pressure(s *subject) Check {
	n := s.noise
	var high, all []string
	for _, p := range []struct {
		what  string
		share *float64
		quiet float64
	}{{"cpu", n.PressureCPU, quietPressure}, {"io", n.PressureIO, quietPressure}, {"memory", n.PressureMemory, quietPressure / 10}} {
		if p.share == nil {
			continue
		}
		text := fmt.Sprintf("%s %.1f%%", p.what, 100**p.share)
		all = append(all, text)
		if *p.share >= p.quiet {
			high = append(high, p.what)
		}
	}
	switch {
	case len(all) == 0:
		return unknown("not available on this machine: it needs a kernel with CONFIG_PSI and psi=1")
	case len(high) > 0:
		return unfit("find the processes that wait (top, iotop), and let them end first",
			"processes had to wait: %s of the time", strings.Join(all, ", "))
	}
	return fit("%s of the time", strings.Join(all, ", "))
}
