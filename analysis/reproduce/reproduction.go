package reproduce

import (
	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Reproduction is a published table beside what this run measured. Its
// seconds are never compared with those of the run: they are of another machine.
// What can be compared is how much a method gains over another.
type Reproduction struct {
	Table   journal.Published
	Methods []*Method // one for each row of the table
	// Findings are sentences on the table as a whole, and on what it prints.
	Findings []string
	// Repeats is how many rounds were asked for.
	Repeats int
}

// A Method is one row of the table: what it says, and what was measured of it.
type Method struct {
	Printed    journal.PublishedRow
	IsBaseline bool
	Seconds    estimate.Value // the printed mean, else that of the printed runs
	RunsMean   estimate.Value
	// Speedup is as printed, else by the seconds; its ends are equal for a single number.
	Speedup  estimate.Interval
	Claim    string // one of journal's; empty where the row makes none
	Attempts []*Attempt
}

// SingleSpeedup returns the published factor where it is a single number.
func (m *Method) SingleSpeedup() estimate.Value {
	if !m.Speedup.OK || m.Speedup.Low != m.Speedup.High {
		return estimate.Value{}
	}
	return estimate.Of(m.Speedup.Low)
}

// An Attempt is a cell that does what a row says.
type Attempt struct {
	Cell     *analysis.Summary
	Baseline *analysis.Summary // what its speed-up is against; nil: nothing
	// Program: a program of its own does what was published. Else it is one of
	// iosweep's own strategies.
	Program bool
	// Contender names the cell as shortly as tells it from the others.
	Contender string

	// Seconds are of the measure of the table, over the good trials.
	Seconds estimate.Sample
	// Speedup is over the rounds in which the cell and Baseline ended well. It is
	// undefined for a cell whose work was not done, and has no interval where the
	// cell is the baseline itself.
	Speedup estimate.Ratio
	// Corrupt is the mean number of corrupt items per trial, of Items; only of a
	// row that claims something of them.
	Corrupt estimate.Value
	Items   int

	Outcome Outcome // empty where the row claims nothing
	Size    Size    // empty unless a claimed gain or loss was found
	// Reason is why the outcome is not "reproduced": a clause without a full stop.
	Reason string
	// Instead is what the cell is that contradicts a claim of time: "slower".
	Instead string
	// Open: only the width of the interval stands in the way of a verdict.
	Open bool
}

// New holds the table of the run, if there is one, against its trials.
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
	name := analysis.ShortNames(d.Factors, cells)
	for _, m := range r.Methods {
		for _, a := range m.Attempts {
			a.Contender = name(a.Cell)
			r.judge(d, m, a)
		}
	}
	r.Findings = r.findings(d)
	return r
}

// newReproduction is a table that nothing has been measured of.
func newReproduction(table journal.Published) *Reproduction {
	r := &Reproduction{Table: table}
	for i := range table.Rows {
		r.Methods = append(r.Methods, r.method(i))
	}
	return r
}

// attempt estimates all that is asked of a cell.
func (r *Reproduction) attempt(d *analysis.Data, m *Method, s *analysis.Summary, cell journal.PublishedCell) *Attempt {
	a := &Attempt{Cell: s, Baseline: d.Summary(cell.Baseline), Program: cell.Program, Items: s.Cell.Files}
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
	a.Speedup = estimate.Compare(analysis.Pairs(a.Baseline.Good, s.Good, r.figure))
	if a.Baseline == s {
		a.Speedup.CI, a.Speedup.P = estimate.Interval{}, estimate.Value{}
	}
	return a
}

// figure is what the table's measure is in a trial. A caller that is not let go
// early is held up until all is done.
func (r *Reproduction) figure(m *journal.Measurement) float64 {
	if r.Table.Measure == journal.MeasureBlocked && m.Blocked != nil {
		return *m.Blocked
	}
	return m.Seconds
}

// corruptItems counts them: a trial that counts none was verified, so has none.
func corruptItems(m *journal.Measurement) int {
	if m.CorruptItems == nil {
		return 0
	}
	return *m.CorruptItems
}

// attempts lists the attempts of all methods, in the order of the table.
func (r *Reproduction) attempts() (list []*Attempt) {
	for _, m := range r.Methods {
		list = append(list, m.Attempts...)
	}
	return list
}

// A Pairing is an attempt with the row that it is of. A row without attempts is
// in a pairing with an empty one.
type Pairing struct {
	*Method
	*Attempt
}

// Pairings are all of them, in the order of the table.
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

// NoCell is said of a row that no cell of the run stands for.
const NoCell = "no cell of this run does what the row says"

// Kind is "program" or "strategy".
func (a *Attempt) Kind() string {
	if a.Program {
		return "program"
	}
	return "strategy"
}

// BaselineName is the cell that the speed-up is against; empty if there is none.
func (a *Attempt) BaselineName() string {
	if a.Baseline == nil {
		return ""
	}
	return a.Baseline.Cell.Name
}

// IsBlocked reports whether figures are of how long the caller was held up.
func (r *Reproduction) IsBlocked() bool { return r.Table.Measure == journal.MeasureBlocked }

// CorruptOf is how many items came out corrupt, of how many.
func CorruptOf(a *Attempt) string {
	if !a.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(a.Corrupt.X) + " of " + format.Thousands(int64(a.Items))
}
