package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// A NextRun is the cheapest run that probably answers an open question about a table.
type NextRun struct {
	// Question describes the cells and the question.
	Question string
	// Repeats is the number of repeats, or 0 if estimate.MaxRounds are not enough.
	Repeats int
	// Duration is the estimated time of the run.
	Duration time.Duration
	// Command is the command line of the run. It is empty without Repeats, and if no short line selects the cells.
	Command string
}

// Sentence describes the run. The command line belongs below it.
func (n NextRun) Sentence() string {
	if n.Repeats == 0 {
		return fmt.Sprintf("%s Even %s repeats would not decide it: make the trials longer, or the machine quieter.", n.Question, format.Thousands(estimate.MaxRounds))
	}
	text := fmt.Sprintf("%s A run with %d repeats probably decides it, in about %s", n.Question, n.Repeats, format.Roughly(n.Duration))
	if n.Command == "" {
		return text + "."
	}
	return text + ":"
}

// fewestRepeats is the smallest number of repeats that a suggested run has.
const fewestRepeats = 5

// nextRuns returns the runs that would answer the open questions about all tables: which cell is the best, and which
// verdicts are only inconclusive because of the number of cells. A run of few cells needs fewer rounds, because its
// correction is for fewer comparisons. The cheapest run is first.
func (d *Data) nextRuns() (list []NextRun) {
	if d.Run.AB != nil {
		return nil // its verdicts are about two revisions
	}
	timings, names := d.Timings(), d.UniqueHeadings()
	for i := range d.Tables {
		g := &d.Tables[i]
		prefix := ""
		if len(d.Tables) > 1 {
			prefix = names[i] + ": "
		}
		add := func(question string, cells []*Summary, repeats int) {
			if prefix == "" {
				question = strings.ToUpper(question[:1]) + question[1:]
			}
			n := NextRun{Question: prefix + question, Repeats: repeats}
			if repeats > 0 {
				n.Repeats = max(repeats, fewestRepeats)
				n.Duration, n.Command = d.cost(g, cells, n.Repeats, timings), d.commandFor(cells, n.Repeats)
			}
			list = append(list, n)
		}
		best := g.Best()
		if best == nil || best.Standing.Rank != 1 {
			continue
		}
		if untold := g.Rivals().Untold; len(untold) > 0 {
			if repeats, ok := roundsToSeparate(g, best, untold); ok {
				add(fmt.Sprintf("which of %d cells is the best?", len(untold)+1), append([]*Summary{best}, untold...), repeats)
			}
		}
		if cells := g.corrected(); len(cells) > 0 {
			if repeats, ok := roundsToJudge(g, cells); ok {
				subject := "is " + fullNames(d.Factors, g.Cells)(cells[0])
				if n := len(cells); n > 1 {
					subject = "are " + format.Count(n, "cell")
				}
				add(fmt.Sprintf("%s %s or %s than the baseline? The correction for all cells of the table leaves it open.", subject, g.Judge.Better(), g.Judge.word("slower", "worse")), cells, repeats)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b NextRun) int {
		if (a.Repeats == 0) != (b.Repeats == 0) {
			return cmp.Compare(b.Repeats, a.Repeats) // without repeats, there is no run
		}
		return cmp.Compare(a.Duration, b.Duration)
	})
	return list
}

// corrected returns the cells whose p value is significant alone and not after its adjustment for all cells.
func (g *Table) corrected() (list []*Summary) {
	for _, s := range g.Cells {
		if seemsConclusive(s) && s.Speedup.P.OK && s.Speedup.P.X < estimate.Significance && s.Adjusted.OK && s.Adjusted.X >= estimate.Significance {
			list = append(list, s)
		}
	}
	return list
}

// roundsToSeparate returns the number of rounds that show, for each of some cells, that it is worse than the best one or
// within the margin of it, whichever is nearer. ok is unset if no cell has three pairs.
func roundsToSeparate(g *Table, best *Summary, cells []*Summary) (repeats int, ok bool) {
	return mostRounds(g, best, cells, func(difference float64) float64 { return max(difference, math.Log1p(Margin)-difference) })
}

// roundsToJudge returns the number of rounds that give each of some cells a verdict, in a run without other cells.
func roundsToJudge(g *Table, cells []*Summary) (repeats int, ok bool) {
	return mostRounds(g, g.Baseline, cells, func(difference float64) float64 { return difference })
}

// mostRounds returns the largest number of rounds that a cell needs. Its difference from another cell is expected to be as
// large as it was, and target returns the difference to detect. 0 means too many.
func mostRounds(g *Table, other *Summary, cells []*Summary, target func(difference float64) float64) (most int, ok bool) {
	hardest := math.Inf(1) // the smallest target in standard deviations
	for _, s := range cells {
		b, c := g.Judge.Pairs(other.Good, s.Good)
		logs := make([]float64, len(c))
		for i := range c {
			logs[i] = math.Log(b[i] / c[i])
		}
		if sample := estimate.Describe(logs); sample.N >= 3 && sample.StdDev.OK {
			ok = true
			hardest = min(hardest, target(math.Abs(sample.Mean.X))/sample.StdDev.X)
		}
	}
	if math.IsInf(hardest, 1) { // the trials did not scatter
		return fewestRepeats, ok
	}
	return estimate.RoundsToDetect(hardest, 1, len(cells)), true
}

// cost returns the estimated time of a run of some cells and their baseline.
func (d *Data) cost(g *Table, cells []*Summary, repeats int, timings map[CellKey]Timing) time.Duration {
	sum, hasBaseline := 0.0, false
	for _, s := range cells {
		sum += timings[KeyOf(s.Cell)].Trial.X
		hasBaseline = hasBaseline || s == g.Baseline
	}
	if g.Baseline != nil && !hasBaseline {
		sum += timings[KeyOf(g.Baseline.Cell)].Trial.X
	}
	return time.Duration(sum * float64(repeats+d.Run.Warmup) * float64(time.Second))
}

// commandFor returns the command line of a run of some cells, without the budget of this run. It is empty if the cells need
// too many filters, or if a block of the experiment file sets their repeats.
func (d *Data) commandFor(cells []*Summary, repeats int) string {
	filters := d.FiltersOf(cells)
	if filters == nil || slices.ContainsFunc(cells, func(s *Summary) bool { return s.Cell.Repeats > 0 }) {
		return ""
	}
	run := d.Run
	run.Overrides = slices.DeleteFunc(slices.Clone(run.Overrides), func(set string) bool {
		return strings.HasPrefix(set, "budget=") || strings.HasPrefix(set, "trials.repeats=")
	})
	line := RunCommand(&run)
	for _, filter := range filters {
		line += " --only " + oneline.ForShell(filter)
	}
	return line + fmt.Sprintf(" --set trials.repeats=%d", repeats)
}
