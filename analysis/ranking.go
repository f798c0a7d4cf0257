package analysis

import (
	"cmp"
	"slices"
)

// A long table is not read. So of a group people are shown the baseline and the
// fastest and slowest cells; summary.csv has all.
const (
	FastestShown = 40
	SlowestShown = 10
)

// abridge chooses the cells of a group that a table shows. All cells stand in the order of
// the experiment file; if there are too many, what is left is sorted by time.
func (g *Group) abridge() {
	if g.Shown = g.Cells; len(g.Cells) <= FastestShown+SlowestShown {
		return
	}
	ranked := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return !s.Seconds.Mean.OK
	})
	slices.SortStableFunc(ranked, func(a, b *Summary) int {
		return cmp.Compare(a.Seconds.Mean.X, b.Seconds.Mean.X)
	})
	if n := len(ranked); n > FastestShown+SlowestShown {
		base := slices.Index(ranked, g.Baseline)
		keep := slices.Clone(ranked[:FastestShown])
		if base >= FastestShown && base < n-SlowestShown {
			keep = append(keep, g.Baseline)
		}
		ranked = append(keep, ranked[n-SlowestShown:]...)
	}
	g.Shown, g.Omitted = ranked, len(g.Cells)-len(ranked)
}
