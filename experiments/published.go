package experiments

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Published is a table from elsewhere that the experiment is to reproduce.
type Published struct {
	Source string
	CPUs   int // of the machine it was made on; 0: not known
	OS     string
	// Measure is what the figures are: "seconds" until all work was done, or
	// "blocked_seconds" until the caller could go on.
	Measure string
	// Tolerance is how far from 1 a speed-up still counts as no difference.
	Tolerance float64
	// Baseline is the index of the row that speed-ups are against; -1 if no row
	// is compared with another.
	Baseline int
	Rows     []PublishedRow
}

// PublishedRow is one method of the table.
type PublishedRow struct {
	Method string
	Runs   []Printed // seconds
	Mean   *Printed  // seconds, as the table has it
	// Speedup is the printed factor: both ends, equal for a single number; empty
	// if none was printed.
	Speedup []Printed
	// Claim is one of Claims, or empty: then it follows from the figures.
	Claim string
	// WhenFaster is what follows if a built-in strategy is faster than the row claims.
	WhenFaster string
	Cells      []PublishedCell

	at      Position
	filters []cellFilter // for the cells
}

// Claims are what a row may say beside its figures, or instead of them.
var Claims = []string{"faster", "slower", "no difference", intact, corrupt}

// The claims that compare a row with no other.
const (
	intact  = "intact"
	corrupt = "corrupt"
)

// A Printed number has the unit of its last printed digit: of "63.4" it is 0.1.
type Printed struct{ Value, Unit float64 }

// PublishedCell is a cell that does what a row says: its index, and that of the
// cell of the baseline row that its speed-up is against; -1 if the row is not
// compared.
type PublishedCell struct{ Cell, Baseline int }

// Bounds of a table. No published one comes near them, and they bound the work
// that a hostile file can ask for.
const (
	maxRowCells   = 200 // that one row stands for
	maxRowFilters = 200 // of all rows
)

var measures = []string{"seconds", "blocked_seconds"}

// readPublished reads the section; its cells are found once there is a grid.
func (f *file) readPublished(n *yaml.Node) {
	before := len(f.problems)
	s := f.section("published", n, publishedKeys)
	machine := f.section("published.machine", s.node("machine"), keyNamed(publishedKeys, "machine").keys)
	f.Published = &Published{
		Source:    s.line("source"),
		CPUs:      machine.int("cpus"),
		OS:        machine.line("os"),
		Measure:   s.word("measure"),
		Tolerance: s.percent("tolerance", "a percentage below 50%", func(x float64) bool { return x < 50 }),
		Baseline:  -1,
	}
	if rows := s.node("rows"); rows != nil {
		f.readRows(rows)
	}
	if len(f.problems) > before {
		return // what a row claims is not known if its figures are not
	}
	baseline := s.node("baseline")
	if baseline != nil {
		f.findBaselineRow(baseline)
	}
	f.checkClaims(baseline != nil)
}

func (f *file) readRows(n *yaml.Node) {
	t := f.Published
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxRows {
		f.problem(n, "published.rows: expected a list of 1 to %d rows, found %s", maxRows, foundItems(n))
		return
	}
	filters := 0
	for _, item := range n.Content {
		row := f.readRow(item)
		if filters += len(row.filters); filters > maxRowFilters {
			f.problem(item, "published.rows: more than %s entries under `cells`", thousands(maxRowFilters))
			return
		}
		if t.row(row.Method) >= 0 && row.Method != "" {
			f.problem(item, "published.rows: a second row of the method %s", quote(row.Method))
		}
		t.Rows = append(t.Rows, row)
	}
}

func (f *file) readRow(n *yaml.Node) PublishedRow {
	s := f.section("published.rows", n, rowKeys)
	row := PublishedRow{Method: s.line("method"), Claim: s.word("claim"), WhenFaster: s.line("when_faster"), at: f.at(n)}
	if n := s.node("seconds"); n != nil {
		row.Runs = f.printedList("seconds", "63.4", n, maxRuns)
	}
	if n := s.node("mean"); n != nil {
		if p, ok := f.printed("mean", "63.4", n); ok {
			row.Mean = &p
		}
	}
	if n := s.node("speedup"); n != nil {
		row.Speedup = f.printedRange("speedup", n)
	}
	if n := s.node("cells"); n != nil {
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			f.problem(n, "cells: the list is empty: name the cells that do what the row says, as in {strategy: threads}")
		}
		for _, item := range items(n) {
			row.filters = append(row.filters, f.filter("cells", item))
		}
	}
	return row
}

// row is the index of the row of a method; -1 if there is none.
func (t *Published) row(method string) int {
	return slices.IndexFunc(t.Rows, func(r PublishedRow) bool { return r.Method == method })
}

// findBaselineRow finds the row that the others are compared with.
func (f *file) findBaselineRow(n *yaml.Node) {
	t := f.Published
	if n.Kind == yaml.MappingNode {
		f.problem(n, "published.baseline: expected the method of a row, such as %s, found a mapping", quote(t.Rows[0].Method))
		return
	}
	name, ok := f.text("published.baseline", n, maxTitle)
	if !ok {
		return
	}
	if t.Baseline = t.row(name); t.Baseline < 0 {
		var methods []string
		for _, r := range t.Rows {
			if r.Method != "" && !slices.Contains(methods, r.Method) {
				methods = append(methods, r.Method)
			}
		}
		f.problem(n, "published.baseline: no row has the method %s%s", quote(name), suggestion(name, methods))
	}
}

// checkClaims refuses a row that says nothing which a measurement could hold
// against it.
func (f *file) checkClaims(hasBaseline bool) {
	t := f.Published
	for i, r := range t.Rows {
		switch {
		case i == t.Baseline || !r.compared():
		case !hasBaseline:
			f.add(f.PositionOf("published"), "published.baseline is missing: the row %s, for one, is compared with another; say with which", quote(r.Method))
			return
		case t.Baseline < 0: // said elsewhere
		case r.Claim != "":
			if said := t.implied(&r); said != "" && said != r.Claim {
				f.add(r.at, "the row %s claims %s, but its figures say %s: mend one of them, or leave the claim out", quote(r.Method), quote(r.Claim), quote(said))
			}
		case r.figures(&t.Rows[t.Baseline]) != nil && t.implied(&r) == "":
			f.add(r.at, "the row %s prints a range of both a gain or a loss and no difference: say with `claim` which of them it claims", quote(r.Method))
		case r.figures(&t.Rows[t.Baseline]) == nil:
			f.add(r.at, "the row %s claims nothing: give it seconds or a mean, as its baseline must have too, or a speedup, or a claim (%s)", quote(r.Method), strings.Join(Claims, ", "))
		}
	}
}

// compared reports whether the row's claim is one against another row.
func (r *PublishedRow) compared() bool { return r.Claim != intact && r.Claim != corrupt }

// figures are the ends of the speed-up that a row prints, or else the one that
// follows from its seconds and those of its baseline; nil if it has none.
func (r *PublishedRow) figures(baseline *PublishedRow) []float64 {
	if len(r.Speedup) > 0 {
		return []float64{r.Speedup[0].Value, r.Speedup[1].Value}
	}
	there, here := baseline.seconds(), r.seconds()
	if there == 0 || here == 0 {
		return nil
	}
	return []float64{there / here, there / here}
}

// seconds are the printed mean, or that of the printed runs; 0 if there is none.
func (r *PublishedRow) seconds() float64 {
	if r.Mean != nil {
		return r.Mean.Value
	}
	var sum float64
	for _, run := range r.Runs {
		sum += run.Value
	}
	return sum / float64(max(1, len(r.Runs)))
}

// implied is the claim that follows from a row's figures; empty if it has none.
func (t *Published) implied(r *PublishedRow) string {
	ends := r.figures(&t.Rows[t.Baseline])
	switch {
	case ends == nil:
		return ""
	case ends[0] > 1+t.Tolerance:
		return "faster"
	case ends[1] < 1-t.Tolerance:
		return "slower"
	case ends[0] >= 1-t.Tolerance && ends[1] <= 1+t.Tolerance:
		return "no difference"
	}
	return ""
}

var printedRegexp = regexp.MustCompile(`^(~?)([0-9]{1,12})(?:\.([0-9]{1,12}))?$`)

// printed reads a number above zero as it was printed, its last digit included.
// After a ~, for "about", no more is known of it than its first digit.
func (d *decoder) printed(label, example string, n *yaml.Node) (Printed, bool) {
	m := printedRegexp.FindStringSubmatch(n.Value)
	value, err := strconv.ParseFloat(strings.TrimPrefix(n.Value, "~"), 64)
	if n.Kind != yaml.ScalarNode || m == nil || err != nil || value <= 0 {
		d.problem(n, "%s: expected a number above 0 as it was printed, without a unit, such as %s, found %s", label, example, found(n))
		return Printed{}, false
	}
	unit, _ := strconv.ParseFloat("1e-"+strconv.Itoa(len(m[3])), 64)
	if m[1] != "" {
		unit = math.Pow(10, math.Floor(math.Log10(value)))
	}
	return Printed{value, unit}, true
}

// printedList reads one number, or a list of them.
func (d *decoder) printedList(label, example string, n *yaml.Node, most int) []Printed {
	list := items(n)
	if len(list) == 0 || len(list) > most {
		d.problem(n, "%s: expected a number or a list of 1 to %d numbers, found %s", label, most, foundItems(n))
		return nil
	}
	var numbers []Printed
	for _, item := range list {
		if p, ok := d.printed(label, example, item); ok {
			numbers = append(numbers, p)
		}
	}
	return numbers
}

// printedRange reads a number, or the two ends of a range; it gives both ends.
func (d *decoder) printedRange(label string, n *yaml.Node) []Printed {
	ends := d.printedList(label, "2.96, or of a range, such as [2.5, 3]", n, 2)
	if len(ends) == 1 {
		ends = append(ends, ends[0])
	}
	if len(ends) == 2 && ends[0].Value > ends[1].Value {
		d.problem(n, "%s: the range begins at %v, above its end %v", label, ends[0].Value, ends[1].Value)
		return nil
	}
	return ends
}
