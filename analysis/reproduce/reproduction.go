package reproduce

import (
	"cmp"
	"fmt"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Reproduction compares a published table with a run. It never compares the seconds of
// the table with the seconds of the run, because they come from different machines. It
// compares how much a method gains over another.
type Reproduction struct {
	Table   journal.Published
	Methods []*Method // one for each row of the table
	// Conditions are what all cells have in common.
	Conditions analysis.Conditions
	// Findings are sentences about the table as a whole and its printed figures.
	Findings []string
	// Repeats is the number of rounds of the plan.
	Repeats int
}

// A Method is one row of the table, with its printed figures and the attempts at it.
type Method struct {
	Printed    journal.PublishedRow
	IsBaseline bool
	Seconds    estimate.Value // the printed mean, or else the mean of the printed runs
	RunsMean   estimate.Value
	// Speedup is the printed factor, or else computed from the seconds. Its ends are equal for a single number.
	Speedup  estimate.Interval
	Claim    string // one of the claims of package journal; empty if the row claims nothing
	Attempts []*Attempt
}

// SingleSpeedup returns the published factor if it is a single number.
func (m *Method) SingleSpeedup() estimate.Value {
	if !m.Speedup.OK || m.Speedup.Low != m.Speedup.High {
		return estimate.Value{}
	}
	return estimate.Of(m.Speedup.Low)
}

// An Attempt is a cell that does the work of a row.
type Attempt struct {
	Cell     *analysis.Summary
	Baseline *analysis.Summary // baseline of its speed-up; nil if there is none
	// Program is set if a separate program does the published work. Otherwise the cell is
	// a built-in strategy.
	Program bool
	// Differs is the difference between the work of a variant and the published work. A
	// variant does not judge the row. It is empty for the other cells.
	Differs string
	// Contender is a short name of the cell that distinguishes it from the others.
	Contender string

	// Seconds describes the measured times of the good trials. The table determines the
	// kind of time: its Measure.
	Seconds estimate.Sample
	// Speedup covers the rounds in which both the cell and Baseline are good. It is
	// undefined for a cell whose work was not done, and has no interval if the cell is
	// the baseline itself.
	Speedup estimate.Ratio
	// Corrupt is the mean number of corrupt items per trial, out of Items. It is defined
	// only for a row with a claim about corruption.
	Corrupt estimate.Value
	Items   int
	// Rounds is the number of rounds that the estimates use. In Noisy of them the machine
	// was not quiet during the trial of the cell or of Baseline.
	Rounds, Noisy int

	// P is the p value of the hypothesis that the true speed-up is at the end of the claimed
	// range nearest to Speedup. Adjusted is P adjusted over the judged attempts of the same
	// kind, of which there are Comparisons. They are defined only for a claim about time.
	P, Adjusted estimate.Value
	Comparisons int

	Outcome Outcome // empty if the row claims nothing
	Size    Size    // empty unless the claimed gain or loss was measured
	// Reason explains an outcome other than "reproduced": a clause without a full stop.
	Reason string
	// obstacle is the reason why a claim about time cannot be judged; empty if it can.
	obstacle string
	// Instead is the measured result if it contradicts a claim about time. For example,
	// the claim is "faster", and Instead is "slower".
	Instead string
	// Open is set if only the width of the interval prevents a verdict.
	Open bool

	baselineTimes, times []float64 // of the rounds of Speedup
}

// New compares the published table of the run with its trials. It returns nil if the run
// has no table.
func New(d *analysis.Data) *Reproduction {
	if d.Run.Published == nil {
		return nil
	}
	r := newReproduction(*d.Run.Published)
	r.Repeats = d.Run.Repeats
	var cells []*analysis.Summary
	for _, m := range r.Methods {
		for _, cell := range m.Printed.Cells {
			if s := d.Summary(cell.Cell); s != nil {
				m.Attempts = append(m.Attempts, r.attempt(d, m, s, cell))
				cells = append(cells, s)
			}
		}
	}
	r.Conditions = d.SharedConditions(cells)
	name := analysis.ShortNames(d.Factors, cells)
	r.adjust()
	for _, m := range r.Methods {
		for _, a := range m.Attempts {
			a.Contender = name(a.Cell)
			r.judge(d, m, a)
		}
	}
	r.Findings = r.findings(d)
	return r
}

// newReproduction returns the Reproduction of a table without measurements.
func newReproduction(table journal.Published) *Reproduction {
	r := &Reproduction{Table: table}
	for i := range table.Rows {
		r.Methods = append(r.Methods, r.method(i))
	}
	return r
}

// attempt computes the estimates of a cell.
func (r *Reproduction) attempt(d *analysis.Data, m *Method, s *analysis.Summary, cell journal.PublishedCell) *Attempt {
	a := &Attempt{Cell: s, Baseline: d.Summary(cell.Baseline), Program: cell.Program, Differs: format.OneLine(cell.Differs), Items: s.Cell.Files}
	a.countNoise()
	var figures, corrupt []float64
	for _, t := range s.Good {
		figures = append(figures, r.figure(t.Measurement))
		corrupt = append(corrupt, float64(corruptItems(t.Measurement)))
	}
	a.Seconds = estimate.Describe(figures)
	if IsOfCorruption(m.Claim) {
		a.Corrupt = estimate.Mean(corrupt)
	}
	if a.Baseline == nil || s.ExpectedFailures > 0 || a.Baseline.ExpectedFailures > 0 {
		return a
	}
	a.baselineTimes, a.times = analysis.Pairs(a.Baseline.Good, s.Good, r.figure)
	a.Speedup = estimate.Compare(a.baselineTimes, a.times)
	if a.Baseline == s {
		a.Speedup.CI, a.Speedup.P = estimate.Interval{}, estimate.Value{}
	}
	return a
}

// countNoise counts the rounds of the estimates, and the rounds in which the machine was not quiet.
// A cell without a baseline is paired with itself.
func (a *Attempt) countNoise() {
	for _, p := range analysis.PairTrials(cmp.Or(a.Baseline, a.Cell).Good, a.Cell.Good) {
		a.Rounds++
		if p.Baseline.Measurement.Noise != "" || p.Cell.Measurement.Noise != "" {
			a.Noisy++
		}
	}
}

// noise returns a clause about the rounds in which the machine was not quiet; empty if it was
// always quiet.
func (a *Attempt) noise() string {
	if a.Noisy == 0 {
		return ""
	}
	return fmt.Sprintf("the machine was not quiet in %d of its %s", a.Noisy, format.Count(a.Rounds, "round"))
}

// withNoise adds the clause about noise to a reason that rests on measured times.
func (a *Attempt) withNoise(reason string) string {
	if noise := a.noise(); noise != "" {
		return reason + " (" + noise + ")"
	}
	return reason
}

// figure returns the value of the table's measure in a trial. Without a blocked time the
// caller waits until all work is done.
func (r *Reproduction) figure(m *journal.Measurement) float64 {
	if r.Table.Measure == journal.MeasureBlocked && m.Blocked != nil {
		return *m.Blocked
	}
	return m.Seconds
}

// corruptItems returns the number of corrupt items. A trial without the count was
// verified, so it has none.
func corruptItems(m *journal.Measurement) int {
	if m.CorruptItems == nil {
		return 0
	}
	return *m.CorruptItems
}

// attempts returns the attempts of all methods, in the order of the table.
func (r *Reproduction) attempts() (list []*Attempt) {
	for _, m := range r.Methods {
		list = append(list, m.Attempts...)
	}
	return list
}

// A Pairing is an attempt with its row. A row without attempts has a pairing with a nil
// Attempt.
type Pairing struct {
	*Method
	*Attempt
}

// Pairings returns all pairings, in the order of the table.
func (r *Reproduction) Pairings() []Pairing {
	if r == nil {
		return nil
	}
	var list []Pairing
	for _, m := range r.Methods {
		for _, a := range m.Attempts {
			list = append(list, Pairing{m, a})
		}
		if len(m.Attempts) == 0 {
			list = append(list, Pairing{m, nil})
		}
	}
	return list
}

// NoCell is the reason for a row without a cell in the run.
const NoCell = "no cell of this run does what the row says"

// Kind returns "program" or "strategy".
func (a *Attempt) Kind() string {
	if a.Program {
		return "program"
	}
	return "strategy"
}

// BaselineName returns the name of the baseline of the speed-up; empty if there is none.
func (a *Attempt) BaselineName() string {
	if a.Baseline == nil {
		return ""
	}
	return a.Baseline.Cell.Name
}

// IsBlocked reports whether the figures are the time for which the caller was blocked.
func (r *Reproduction) IsBlocked() bool { return r.Table.Measure == journal.MeasureBlocked }

// CorruptOf returns a text with the number of corrupt items and of all items.
func CorruptOf(a *Attempt) string {
	if !a.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(a.Corrupt.X) + " of " + format.Thousands(int64(a.Items))
}
