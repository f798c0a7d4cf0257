package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// A Run is one of the runs of a side.
type Run struct {
	Name string // its display name: its directory
	*analysis.Data
}

// The names of the sides.
const (
	baseSide = "BASE"
	newSide  = "NEW"
)

// isSeveral reports whether a side has several runs. Then a run is the unit of all estimates.
func (c *Comparison) isSeveral() bool { return len(c.BaseRuns) > 1 || len(c.NewRuns) > 1 }

// Runs returns the runs of both sides.
func (c *Comparison) Runs() []Run { return slices.Concat(c.BaseRuns, c.NewRuns) }

// label names a run by its index in runs, such as "BASE results/a1", or "BASE" if it is the only one of its side.
func (c *Comparison) label(i int) string {
	side := baseSide
	if i >= len(c.BaseRuns) {
		side = newSide
	}
	if c.isSeveral() {
		side += " " + c.Runs()[i].Name
	}
	return side
}

// checkRuns returns an error if two runs judge different figures, or if one of several runs is given twice.
func (c *Comparison) checkRuns() error {
	list := c.Runs()
	first := list[0]
	for i, r := range list {
		if !first.Judge.IsComparable(r.Judge) {
			return fmt.Errorf("BASE %s judges %s and %s judges %s: compare runs that judge the same figure",
				first.Name, oneline.Of(first.Judge.Describe()), c.sideOf(i)+" "+r.Name, oneline.Of(r.Judge.Describe()))
		}
		for k, other := range list[:i] {
			if c.isSeveral() && r.Run.ID != "" && r.Run.ID == other.Run.ID {
				return fmt.Errorf("%s and %s are the same run (%s): each run counts once", c.label(k), c.label(i), format.OneLine(r.Run.ID))
			}
		}
	}
	return nil
}

func (c *Comparison) sideOf(i int) string {
	if i < len(c.BaseRuns) {
		return baseSide
	}
	return newSide
}

// A Size is the number of runs and of trials of one side of a cell that count. Has is false if no run of the
// side has the cell.
type Size struct {
	Runs, Trials int
	Has          bool
}

// cellsOf returns the cells of one side, also of runs that do not count.
func (x *Contrast) cellsOf(side string) []*analysis.Summary {
	cells := x.cells[:x.bases]
	if side == newSide {
		cells = x.cells[x.bases:]
	}
	return slices.DeleteFunc(slices.Clone(cells), func(s *analysis.Summary) bool { return s == nil })
}

// counted returns the indexes of the runs of one side whose cells count.
func (x *Contrast) counted(side string) (list []int) {
	for i, s := range x.cells {
		if _, left := x.left[i]; s != nil && !left && i < x.bases == (side == baseSide) {
			list = append(list, i)
		}
	}
	return list
}

// setSides sets the figures of both sides.
func (c *Comparison) setSides(x *Contrast) {
	if c.isSeveral() {
		x.Base, x.BaseSize = c.joined(x, x.Base, baseSide)
		x.New, x.NewSize = c.joined(x, x.New, newSide)
		return
	}
	x.BaseSize, x.NewSize = sizeOf(x.Base), sizeOf(x.New)
}

// sizeOf returns the size of the cell of a single run.
func sizeOf(s *analysis.Summary) Size {
	if s == nil {
		return Size{}
	}
	return Size{min(1, s.Judged.N), s.Judged.N, true}
}

// joined returns a copy of the cell of one side, whose figures describe the geometric means of its runs. Their
// ratio is the speed-up.
func (c *Comparison) joined(x *Contrast, s *analysis.Summary, side string) (*analysis.Summary, Size) {
	if s == nil {
		return nil, Size{}
	}
	size := Size{Has: true}
	for _, i := range x.counted(side) {
		if n := x.cells[i].Judged.N; n > 0 {
			size.Runs++
			size.Trials += n
		}
	}
	all := *s
	all.Seconds = ofRuns(x.logs(side, analysis.Figure{}))
	all.Judged = analysis.Estimates{Figure: c.Judge, Sample: ofRuns(x.logs(side, c.Judge))}
	return &all, size
}

// logs returns the mean logarithm of a figure in each run of one side that counts.
func (x *Contrast) logs(side string, f analysis.Figure) (list []float64) {
	for _, i := range x.counted(side) {
		if v := estimate.MeanLog(f.Values(x.cells[i].Good)); v.OK {
			list = append(list, v.X)
		}
	}
	return list
}

// hasRunWithoutLog reports whether a run that counts has a value that is not positive. Its mean logarithm is undefined, and
// the other runs alone would mislead.
func (c *Comparison) hasRunWithoutLog(x *Contrast) bool {
	return slices.ContainsFunc(slices.Concat(x.counted(baseSide), x.counted(newSide)), func(run int) bool {
		s := x.cells[run]
		return s.Judged.N > 0 && !estimate.MeanLog(c.Judge.Values(s.Good)).OK
	})
}

// ofRuns describes the geometric means of runs. It has no interval: the speed-up has one, with the variance
// of both sides.
func ofRuns(logs []float64) analysis.Sample {
	means := make([]float64, len(logs))
	for i, x := range logs {
		means[i] = math.Exp(x)
	}
	s := estimate.Describe(means)
	return analysis.Sample{N: s.N, Mean: expMean(logs), Median: s.Median, Min: s.Min, Max: s.Max}
}

// estimateRuns computes the speed-up of a cell from the mean logarithms of its runs.
func (c *Comparison) estimateRuns(x *Contrast) {
	if c.hasRunWithoutLog(x) {
		return
	}
	x.Speedup = estimate.CompareRuns(c.Judge.Orient(x.logs(baseSide, c.Judge), x.logs(newSide, c.Judge)))
}

// changeOfRuns computes the change of a speed-up from the speed-ups of the runs. Each is a mean logarithm
// over the rounds in which cell and baseline are good. It returns the reason if there is none.
func (c *Comparison) changeOfRuns(s *SpeedupChange, x, base *Contrast) string {
	logs := func(side string) (list []float64) {
		for _, i := range x.counted(side) {
			if !slices.Contains(base.counted(side), i) {
				continue
			}
			r := c.roundsOf(base.cells[i], x.cells[i])
			if b, n := estimate.MeanLog(r.Baseline), estimate.MeanLog(r.Cell); b.OK && n.OK {
				list = append(list, b.X-n.X)
			}
		}
		return list
	}
	was, is := logs(baseSide), logs(newSide)
	s.Change = estimate.CompareRuns(is, was)
	s.Base, s.New = expMean(was), expMean(is)
	if ci := s.Change.CI; !ci.OK && !ci.Open {
		return fmt.Sprintf("%s with its baseline in BASE, %d in NEW: an interval takes three", format.Count(len(was), "run"), len(is))
	}
	return ""
}

func expMean(logs []float64) estimate.Value {
	v := estimate.Mean(logs)
	if !v.OK {
		return v
	}
	return estimate.Of(math.Exp(v.X))
}

// orderWarnings warns about runs that do not alternate between BASE and NEW. A drift of the machine then looks
// like a difference between the sides. It also warns about runs that were measured at the same time.
func (c *Comparison) orderWarnings() (list []string) {
	if !c.isSeveral() {
		return nil
	}
	runs := c.Runs()
	order := make([]int, len(runs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return runs[a].Run.StartedAt.Compare(runs[b].Run.StartedAt) })
	var names []string
	alternate := true
	for k, i := range order {
		names = append(names, c.label(i))
		if k == 0 {
			continue
		}
		before := order[k-1]
		alternate = alternate && c.sideOf(before) != c.sideOf(i)
		if end := endOf(runs[before]); runs[i].Run.StartedAt.Before(end) && runs[i].Run.Machine.Host == runs[before].Run.Machine.Host {
			list = append(list, fmt.Sprintf("%s and %s overlap in time: %s was not finished when %s started. They may have disturbed each other.", c.label(before), c.label(i), c.label(before), c.label(i)))
		}
	}
	if alternate {
		return list
	}
	return append([]string{fmt.Sprintf("The runs do not alternate in time. Their order is %s. A drift of the machine then looks like a difference: measure BASE and NEW in turn, and each equally often.", strings.Join(names, ", "))}, list...)
}

// endOf returns the time at which the last trial of a run ended.
func endOf(r Run) time.Time {
	if len(r.Data.Trials) == 0 {
		return r.Run.StartedAt
	}
	last := &r.Data.Trials[len(r.Data.Trials)-1]
	if last.Measurement == nil {
		return last.StartedAt
	}
	return last.StartedAt.Add(time.Duration(last.Measurement.Seconds * float64(time.Second)))
}

// unit explains what the intervals contain.
func (c *Comparison) unit() string {
	b, n := len(c.BaseRuns), len(c.NewRuns)
	switch {
	case c.SameRun:
		return ""
	case !c.isSeveral():
		return "Each side has one run, so no interval and no verdict contains the variation between runs. To measure it, alternate several runs of both, and name them with --base and --new."
	}
	return fmt.Sprintf("A run is the unit (%d of BASE, %d of NEW), so the intervals contain the variation between runs. BASE and NEW are geometric means of the runs, which are geometric means of their trials.", b, n)
}

// HasBetweenRuns reports whether intervals contain the variation between runs.
func (c *Comparison) HasBetweenRuns() bool { return c.isSeveral() }

// Partial returns the compared cells that do not count in all runs.
func (c *Comparison) Partial() []*Contrast {
	return c.filter(func(x *Contrast) bool { return x.Status == Compared && x.Left != "" })
}

// describeLeft describes the runs whose cell does not count, such as "NEW b2 (skipped: no cp)".
func (c *Comparison) describeLeft(x *Contrast) string {
	var parts []string
	for i := range x.cells {
		if reason, ok := x.left[i]; ok {
			parts = append(parts, fmt.Sprintf("%s (%s)", c.label(i), format.OneLine(reason)))
		}
	}
	return strings.Join(parts, ", ")
}
