package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// setStandings ranks the paired contestants of a table and finds its best set. It ranks none if a value has no logarithm.
func (g *Table) setStandings() {
	cells := g.pairedContestants()
	if rows, ok := g.byRound(cells); ok {
		bestSet := estimate.BestSet
		if len(cells) > 0 && cells[0].raced {
			bestSet = estimate.BestSetOfRace
		}
		for i, standing := range bestSet(rows) {
			standing.InBestSet = standing.InBestSet && cells[i].raceStop != stopDropped // sessions in a round are not paired here
			cells[i].Standing = standing
		}
	}
}

// pairedContestants returns the contestants that have common rounds with most others. A cell that was measured mostly in
// another session than the baseline has few.
func (g *Table) pairedContestants() []*Summary {
	split := map[*Summary]bool{}
	for _, s := range g.splits() {
		split[s.cell] = s.isMostlySplit()
	}
	return slices.DeleteFunc(g.contestants(), func(s *Summary) bool { return split[s] })
}

// contestants returns the live cells of a table whose work was done, without the control of `iosweep ab`. A cell that fails
// or corrupts items may be fast because it does less.
func (g *Table) contestants() []*Summary {
	return slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return !s.Judged.Mean.OK || !s.IsSound() || s.Corrupt.X > 0 || s.Cell.Retired || s.Control
	})
}

// byRound returns the judged value of each cell in each round, and NaN where it has none. A higher value is worse. The
// rounds of two nodes or sessions differ, because the machine may differ. ok is unset if a value is not positive.
func (g *Table) byRound(cells []*Summary) (rows [][]float64, ok bool) {
	type round struct {
		node            string
		session, number int
	}
	columns := map[round]int{}
	of := func(r *result) round { return round{r.Node, r.session, r.Round} }
	isJudged := func(r *result) bool { return r.good() && len(g.Judge.Having([]*journal.Trial{r.Trial})) > 0 }
	for _, s := range cells {
		for i := range s.results {
			if r := &s.results[i]; isJudged(r) {
				if _, known := columns[of(r)]; !known {
					columns[of(r)] = len(columns)
				}
			}
		}
	}
	rows = make([][]float64, len(cells))
	for i, s := range cells {
		rows[i] = slices.Repeat([]float64{math.NaN()}, len(columns))
		for k := range s.results {
			r := &s.results[k]
			if !isJudged(r) {
				continue
			}
			x := g.Judge.Value(r.Trial)
			if !(x > 0) {
				return nil, false
			}
			if g.Judge.HigherIsBetter() {
				x = 1 / x
			}
			rows[i][columns[of(r)]] = x
		}
	}
	return rows, true
}

// ranked returns the contestants of a table, the best first. Those without a rank are last, by their means.
func (g *Table) ranked() []*Summary {
	list := g.contestants()
	slices.SortStableFunc(list, func(a, b *Summary) int {
		if a.Standing.Rank > 0 || b.Standing.Rank > 0 {
			return cmp.Compare(uint(a.Standing.Rank-1), uint(b.Standing.Rank-1)) // 0 is last
		}
		order := cmp.Compare(a.Judged.Mean.X, b.Judged.Mean.X)
		if g.Judge.HigherIsBetter() {
			return -order
		}
		return order
	})
	return list
}

// Best returns the fastest cell of a table, which the overview names too. It returns nil if the table
// has fewer than two cells that can be the best, or if the fastest one has too few trials.
func (g *Table) Best() *Summary {
	ranked := g.ranked()
	if len(ranked) < 2 || ranked[0].Standing.Rank == 0 && ranked[0].Status != StatusOK {
		return nil
	}
	return ranked[0]
}

// Rivals are the cells of a table that may be as good as its best one.
type Rivals struct {
	// Within are those whose whole interval of the distance to the best is below the equivalence margin, the cheapest
	// first: it has the fewest workers and then the least memory.
	Within []*Summary
	Untold []*Summary // the other cells of the best set
	Few    []*Summary // those with too few rounds for a rank
}

// Rivals returns the cells that may be as good as the best one of a table.
func (g *Table) Rivals() (r Rivals) {
	best := g.Best()
	for _, s := range g.ranked() {
		switch {
		case s == best:
		case s.Standing.Rank == 0:
			r.Few = append(r.Few, s)
		case s.Standing.BehindCI.Within(0, Margin):
			r.Within = append(r.Within, s)
		case s.Standing.InBestSet:
			r.Untold = append(r.Untold, s)
		}
	}
	slices.SortStableFunc(r.Within, byCost)
	return r
}

// byCost orders cells by their workers and then by their memory. Unknown numbers are last.
func byCost(a, b *Summary) int {
	known := func(x float64) float64 { return cmp.Or(x, math.Inf(1)) }
	return cmp.Or(
		cmp.Compare(known(float64(a.Cell.Concurrency)), known(float64(b.Cell.Concurrency))),
		cmp.Compare(known(a.memory()), known(b.memory())),
	)
}

// memory returns the memory of all processes of a cell, or of the largest one; 0 if it is unknown.
func (s *Summary) memory() float64 { return cmp.Or(s.SumRSS.X, s.MaxRSS.X) }

// bestSentence names the best cell of a table and the cells that may be as good. It is empty if the table has no best
// cell.
func (d *Data) bestSentence(g *Table) string {
	best := g.Best()
	if best == nil {
		return ""
	}
	name := fullNames(d.Factors, g.Cells)
	text := fmt.Sprintf("%s%s: %s (%s).", g.Judge.Best(), g.Judge.by(), name(best), best.gain())
	if rank := best.Standing.Rank; rank > 1 { // --only has not chosen the best cell
		return fmt.Sprintf("%s%s of these cells: %s (%s), rank %d of its table.", g.Judge.Best(), g.Judge.by(), name(best), best.gain(), rank)
	}
	switch {
	case best.Standing.Rank > 0:
	case best.Judged.N < 2:
		return text + " One round cannot tell cells apart."
	default:
		return text + " The cells have no ranks, because a value is not positive."
	}
	rivals := g.Rivals()
	switch n := len(rivals.Within); {
	case n == 1:
		text += fmt.Sprintf(" Within %s: %s.", MarginText, name(rivals.Within[0]))
	case n > 1 && byCost(rivals.Within[0], best) < 0:
		text += fmt.Sprintf(" Within %s: %d more, of which %s is the cheapest.", MarginText, n, name(rivals.Within[0]))
	case n > 1:
		text += fmt.Sprintf(" Within %s: %d more, none cheaper.", MarginText, n)
	}
	others := len(g.contestants()) - 1
	list := func(what string, cells []*Summary) {
		switch n := len(cells); {
		case n == 1:
			text += fmt.Sprintf(" %s: %s.", what, name(cells[0]))
		case n > 1 && n == others:
			text += fmt.Sprintf(" %s: all %s others.", what, format.Thousands(int64(n)))
		case n > 1:
			text += fmt.Sprintf(" %s: %s more.", what, format.Thousands(int64(n)))
		}
	}
	list("Not told apart", rivals.Untold)
	list("Too few common rounds", rivals.Few)
	if len(rivals.Within)+len(rivals.Untold)+len(rivals.Few) == 0 {
		text += " No other cell is as good."
	}
	list("Not ranked, because the work failed or was corrupt", g.fasterWithoutWork(best))
	return text
}

// fasterWithoutWork returns the cells whose mean is better than the best one's, but whose work was not done.
func (g *Table) fasterWithoutWork(best *Summary) []*Summary {
	contestants := g.contestants()
	return slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		better := s.Judged.Mean.X < best.Judged.Mean.X
		if g.Judge.HigherIsBetter() {
			better = s.Judged.Mean.X > best.Judged.Mean.X
		}
		return !better || !s.Judged.Mean.OK || s.Cell.Retired || slices.Contains(contestants, s)
	})
}

// MarginText is the equivalence margin for people.
var MarginText = fmt.Sprintf("%g%%", 100*Margin)

// gain returns the speed-up of a cell for people. For a baseline or without a speed-up it returns the mean.
func (s *Summary) gain() string {
	switch {
	case s.IsBaseline():
		return "the baseline, " + s.Judged.MeanText()
	case !s.Speedup.Value.OK:
		return s.Judged.MeanText()
	}
	return format.Times(s.Speedup.Value)
}
