package analysis

import (
	"fmt"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// tails are the figures of the slowest items of a trial, in the order of Summary.Tails.
var tails = [...]Figure{{journal.Tails()[0]}, {journal.Tails()[1]}}

// A Tail contains the results of a cell for a latency of its slowest items. Each trial is one observation,
// as for the time. The items of a trial are not independent, so no interval is computed from them. A
// contender has no latency, and an empty Tail.
type Tail struct {
	Estimates
	// Speedup compares the cell with its baseline, and Adjusted and Verdict follow from it as for the
	// judged figure.
	Speedup  estimate.Ratio
	Adjusted estimate.Value
	Verdict  estimate.Verdict
}

// setTails computes the estimates that depend on no other cell.
func (s *Summary) setTails() {
	for i, f := range tails {
		s.Tails[i].Estimates = s.estimate(f, s.Good)
	}
}

// compareTails compares every cell with its baseline. families are the cells with verdicts. Their p values
// are adjusted for each tail apart, because each answers another question.
func (d *Data) compareTails(families [][]*Summary) {
	for i, f := range tails {
		for _, s := range d.Cells() {
			if base := d.baselineOf(s); base != nil {
				s.Tails[i].Speedup = f.speedup(base, s)
			}
		}
		for _, family := range families {
			ps := make([]estimate.Value, len(family))
			for k, s := range family {
				ps[k] = s.Tails[i].Speedup.P
			}
			for k, p := range estimate.Holm(ps) {
				t := &family[k].Tails[i]
				t.Adjusted, t.Verdict = p, estimate.Judge(t.Speedup, p, estimate.Margin)
			}
		}
	}
}

// HasTails reports whether a trial of the cell has a latency.
func (s *Summary) HasTails() bool { return s.Tails[0].N > 0 }

// tailSentence names the cells of a table that are faster than the baseline, although their slowest items are
// slower. It is empty if there are none, or if the run is judged by a tail.
func (d *Data) tailSentence(g *Table) string {
	if g.Judge.IsTail() {
		return ""
	}
	name := ShortNames(d.Factors, g.Cells)
	for i, f := range tails {
		var list []string
		for _, s := range g.Cells {
			if t := s.Tails[i]; s.Verdict == Faster && t.Verdict == Slower && !s.Cell.Retired {
				list = append(list, fmt.Sprintf("%s (speed-up of it: %s)", name(s), format.Times(t.Speedup.Value)))
			}
		}
		if len(list) > 0 {
			better := g.Judge.Better()
			return fmt.Sprintf("%s%s than the baseline, but with a longer %s: %s.", strings.ToUpper(better[:1])+better[1:], g.Judge.by(), f.Name(), format.Several(list))
		}
	}
	return ""
}
