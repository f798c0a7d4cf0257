package checkup

import (
	"fmt"

	"iosweep/internal/units"
)

// minAvailable is the fraction of the memory that must be available for the trials. The page cache
// of their inputs and outputs uses it.
const minAvailable = 0.10

func memory(s *subject) Check {
	m := s.root.Memory()
	if m.Total == 0 {
		return unknown("not available on this machine")
	}
	found := fmt.Sprintf("%s of %s available", units.Size(m.Available), units.Size(m.Total))
	switch {
	case m.Swap == 0:
		found += ", no swap"
	default:
		found += fmt.Sprintf(", %s of %s swap in use", units.Size(m.Swap-m.SwapFree), units.Size(m.Swap))
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
