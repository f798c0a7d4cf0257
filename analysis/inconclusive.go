package analysis

import (
	"fmt"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
)

// setOpenReasons sets the reasons of all inconclusive verdicts.
func (d *Data) setOpenReasons() {
	for i := range d.Tables {
		g := &d.Tables[i]
		split := map[*Summary]split{}
		for _, s := range g.splits() {
			split[s.cell] = s
		}
		comparisons := 0
		for _, s := range g.Cells {
			if s.Adjusted.OK {
				comparisons++
			}
		}
		for _, s := range g.Cells {
			switch found, mostly := split[s]; {
			case s.Verdict != estimate.Inconclusive:
			case mostly && found.isMostlySplit():
				s.OpenReason = fmt.Sprintf("%d of %s were measured in another session than the baseline", found.split, format.Count(found.paired, "round"))
			default:
				s.OpenReason = openReason(s, comparisons)
			}
		}
	}
}

// openReason names the rule that makes a verdict inconclusive, with its figures.
func openReason(s *Summary, comparisons int) string {
	ci := s.Speedup.CI
	switch {
	case ci.Open:
		return "the trials do not bound the interval"
	case !seemsConclusive(s):
		return fmt.Sprintf("the interval %s includes 1 and is not within %s", format.TimesInterval(ci), marginInterval)
	case !s.Adjusted.OK:
		return "there is no p value, because a time is 0"
	case comparisons > 1 && s.Speedup.P.X < estimate.Significance:
		return fmt.Sprintf("p = %s, and %s after correcting for %s", format.Probability(s.Speedup.P), format.Probability(s.Adjusted), format.Count(comparisons, "comparison"))
	}
	return "p = " + format.Probability(s.Speedup.P)
}

// marginInterval is the equivalence margin as an interval of a speed-up, for people.
var marginInterval = format.TimesInterval(Interval{Low: 1 - Margin, High: 1 + Margin, OK: true})
