package checkup

import "fmt"

// minAvailable is the fraction of the memory that must be available for the trials. The page cache
// of their inputs and outputs uses it.
const minAvailable = 0.10

func memory(s *subject) Check {
	m := s.root.Memory()
	if m.Total == 0 {
		return unknown("not available on this machine")
	}
	found := fmt.Sprintf("%s of %s available", size(m.Available), size(m.Total))
	switch {
	case m.Swap == 0:
		found += ", no swap"
	default:
		found += fmt.Sprintf(", %s of %s swap in use", size(m.Swap-m.SwapFree), size(m.Swap))
	}
	const advice = "end programs that use much memory (ps --sort=-rss -eo rss,pid,comm | head), or measure less data"
	switch {
	case s.noise.Swapped != nil && *s.noise.Swapped > 0:
		return unfit(advice, "%s, and the machine is swapping", found).
			warn("The machine is swapping (%s): it writes memory to the disk and reads it back during the trials.", found)
	case s.noise.MemoryNoise() != "":
		return unfit(advice, "%s, and %s", found, s.noise.MemoryNoise()).
			warn("Before the run %s (%s).", s.noise.MemoryNoise(), found)
	case float64(m.Available) < minAvailable*float64(m.Total):
		return unfit(advice, "%s", found).
			warn("Little memory is available (%s): the files of a trial may not fit into the page cache.", found)
	}
	return fit("%s", found)
}

// size returns a size such as "1.5 GiB", in the largest unit in which it is at least 1.
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
