package checkup

import (
	"fmt"
	"strings"

	"iosweep/internal/units"
)

// quietLoad is the load per processor up to which a machine counts as idle. It is an
// average over a minute, so it knows of work that may have ended.
const quietLoad = 0.5

func load(s *subject) Check {
	average, ok := s.root.LoadAverage()
	if !ok {
		return unknown("it is not told here")
	}
	found := fmt.Sprintf("%.2f for %s over the last minute", average, units.Count(s.cpus, "cpu"))
	if average > quietLoad*float64(s.cpus) {
		return unfit("wait until what runs beside has ended (top), and a minute longer", "%s", found)
	}
	return fit("%s", found)
}

// others: what other processes did while the machine was watched.
func others(s *subject) Check {
	o := s.noise.Others
	if !o.Known {
		return unknown("what other processes do is not told here")
	}
	if noise := s.noise.OthersNoise(); noise != "" {
		return unfit("end them, or stop them while measuring (kill -STOP)", "%s%s", strings.TrimPrefix(noise, "other processes "), next(s)).
			warn("Before the run %s: they take processors and caches from the trials.", noise)
	}
	if in := container(s.root); in != "" && o.Time == 0 {
		return unknown("%s: it may not see those of the machine", in)
	}
	return fit("used %.2f cpus", o.CPUs())
}

// next names those that come after the busiest.
func next(s *subject) string {
	const most = 3
	busiest := s.noise.Others.Busiest
	var names []string
	for _, b := range busiest[1:min(most, len(busiest))] {
		names = append(names, fmt.Sprintf("%s (pid %d)", b.Name, b.PID))
	}
	if len(names) == 0 {
		return ""
	}
	return ", then " + strings.Join(names, ", ")
}

func steal(s *subject) Check {
	if noise := s.noise.StealNoise(); noise != "" {
		return unfit("measure at another time, or on a machine with processors of its own", "%s: the hypervisor gives processors to others", noise).
			warn("The hypervisor gave processors to others before the run (%s): the times of trials include their work.", noise)
	}
	if s.noise.Steal == nil {
		return unknown("it is not told here")
	}
	return fit("%.1f%%", 100**s.noise.Steal)
}

// quietPressure is the part of the time in which some task may wait while this program
// does nothing: it is idle when it watches.
const quietPressure = 0.10

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
		return unknown("it is not told here: a kernel with CONFIG_PSI and psi=1 tells")
	case len(high) > 0:
		return unfit("find out who waits (top, iotop), and wait until that has ended",
			"processes had to wait: %s of the time", strings.Join(all, ", "))
	}
	return fit("%s of the time", strings.Join(all, ", "))
}
