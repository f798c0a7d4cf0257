package checkup

import "fmt"

// leastAvailable is the part of the memory that has to be left for what is measured:
// inputs and outputs are in it, as the page cache.
const leastAvailable = 0.10

func memory(s *subject) Check {
	m := s.root.Memory()
	if m.Total == 0 {
		return unknown("it is not told here")
	}
	found := fmt.Sprintf("%s of %s available", size(m.Available), size(m.Total))
	switch {
	case m.Swap == 0:
		found += ", no swap"
	default:
		found += fmt.Sprintf(", %s of %s swap in use", size(m.Swap-m.SwapFree), size(m.Swap))
	}
	const advice = "end what needs memory (ps --sort=-rss -eo rss,pid,comm | head), or measure less data"
	switch {
	case s.noise.Swapped != nil && *s.noise.Swapped > 0:
		return unfit(advice, "%s, and it is swapping", found).
			warn("The machine is swapping (%s): memory goes to the disk and comes back while trials are timed.", found)
	case s.noise.MemoryNoise() != "":
		return unfit(advice, "%s, and %s", found, s.noise.MemoryNoise()).
			warn("Before the run %s (%s).", s.noise.MemoryNoise(), found)
	case float64(m.Available) < leastAvailable*float64(m.Total):
		return unfit(advice, "%s", found).
			warn("Little memory is left (%s): the page cache may not hold what trials read and write.", found)
	}
	return fit("%s", found)
}

// size is in the largest unit that leaves a digit before the point.
func size(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n)/1024, []string{"KiB", "MiB", "GiB", "TiB"}
	for value >= 1024 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	if value >= 100 {
		return fmt.Sprintf("%.0f %s", value, units[0])
	}
	return fmt.Sprintf("%.3g %s", value, units[0])
}
