package experiments

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// Published is a table from elsewhere that the experiment reproduces.
type Published struct {
	Source string
	CPUs   int    // of the machine of the table; 0: unknown
	OS     string // of that machine
	Python string // the version of Python there; empty: unknown
	// Measure is the quantity in the table: "seconds" until all work was done, or
	// "blocked_seconds" until the caller could continue.
	Measure string
	// Tolerance is the largest distance of a speed-up from 1 that still counts as no
	// difference.
	Tolerance float64
	// Baseline is the index of the row that speed-ups are relative to; -1 if no row is
	// compared with another.
	Baseline int
	Rows     []PublishedRow
	// FileSize and TotalSize are the printed sizes of a file and of all files; nil if they
	// were not printed.
	FileSize, TotalSize *PrintedSize
	// Workload is the workload of the file, without profile and overrides. The printed sizes
	// are compared with it.
	Workload Workload
}

// PublishedRow is one method of the table.
type PublishedRow struct {
	Method string
	Runs   []Printed // seconds
	Mean   *Printed  // seconds, as printed
	// Speedup contains both ends of the printed speed-up. They are equal for a single number.
	// It is empty if none was printed.
	Speedup []Printed
	// Claim is one of Claims. If it is empty, the claim follows from the figures.
	Claim string
	// Error is the printed error of a program that fails; empty: none.
	Error string
	// WhenFaster is the conclusion if a built-in strategy is faster than the row claims.
	WhenFaster string
	Cells      []PublishedCell

	at      Position
	filters []rowFilter // select the cells
}

// A rowFilter selects cells of a row. If differs is not empty, they are variants.
type rowFilter struct {
	cellFilter
	differs string
	place   int // in the list `cells` of the row or of the variant
}

// Claims are the allowed values of PublishedRow.Claim.
var Claims = []string{"faster", "slower", "no difference", intact, corrupt, fails, noClaim}

// The claims that do not need another row.
const (
	intact  = "intact"  // no output item is corrupt
	corrupt = "corrupt" // some output items are corrupt
	fails   = "fails"   // the program fails as its command expects
	noClaim = "none"    // there is no figure to judge
)

// A Printed is a number with the unit of its last printed digit. The unit of "63.4" is 0.1.
type Printed struct{ Value, Unit float64 }

// A PrintedSize is a number of bytes with the unit in which it was printed, such as MB.
type PrintedSize struct {
	Printed
	Name  string
	About bool // printed with a ~
}

// A PublishedCell is a cell that does the work of a row.
type PublishedCell struct {
	Cell int // its index
	// Baseline is the index of the cell that the speed-up is relative to, from the baseline
	// row. It is -1 if the row is not compared.
	Baseline int
	// Differs is the difference between the work of a variant and the printed program. It is
	// empty for a cell that judges the row.
	Differs string
}

// Limits of a table. No published table comes near them. They limit the work that a hostile
// file can cause.
const (
	maxRowCells   = 200 // matched by one row
	maxRowFilters = 200 // of all rows
)

var measures = []string{"seconds", "blocked_seconds"}

// readPublished reads the section. Its cells are found later, when the grid has been expanded.
func (f *file) readPublished(n *yaml.Node) {
	before := len(f.problems)
	s := f.section("published", n, publishedKeys)
	machine := f.section("published.machine", s.node("machine"), keyNamed(publishedKeys, "machine").keys)
	f.Published = &Published{
		Source:    s.line("source"),
		CPUs:      machine.int("cpus"),
		OS:        machine.line("os"),
		Python:    machine.line("python"),
		Measure:   s.word("measure"),
		Tolerance: s.percent("tolerance", "a percentage below 50%", func(x float64) bool { return x < 50 }),
		Baseline:  -1,
	}
	f.Published.FileSize, f.Published.TotalSize = f.printedSize(s, "file_size"), f.printedSize(s, "total_size")
	if f.writtenWorkload != nil {
		f.Published.Workload = workloadAlone(f.writtenWorkload, f.opt)
	}
	if rows := s.node("rows"); rows != nil {
		f.readRows(rows)
	}
	if len(f.problems) > before {
		return // without valid figures the claims are unknown
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
			f.problem(item, "published.rows: a second row has the method %s", quote(row.Method))
		}
		t.Rows = append(t.Rows, row)
	}
}

func (f *file) readRow(n *yaml.Node) PublishedRow {
	s := f.section("published.rows", n, rowKeys)
	row := PublishedRow{Method: s.line("method"), Claim: s.word("claim"), Error: s.line("error"), WhenFaster: s.line("when_faster"), at: f.at(n)}
	if row.Error != "" && row.Claim != fails {
		f.problem(s.node("error"), "error: only a row that claims %s has the error of its program", fails)
	}
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
	f.readRowCells(&row, s, "")
	if n := s.node("variants"); n != nil {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			f.problem(n, "variants: expected a list of mappings with cells and differs, found %s", foundItems(n))
			return row
		}
		for _, item := range n.Content {
			variant := f.section("published.rows.variants", item, variantKeys)
			f.readRowCells(&row, variant, variant.line("differs"))
		}
	}
	return row
}

// readRowCells adds the filters under the key cells of a row or of a variant.
func (f *file) readRowCells(row *PublishedRow, s *section, differs string) {
	n := s.node("cells")
	if n == nil {
		return
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		f.problem(n, "cells: the list is empty: select the cells of this row, such as {strategy: threads}")
	}
	for i, item := range items(n) {
		row.filters = append(row.filters, rowFilter{f.filter("cells", item), differs, i})
	}
}

// row returns the index of the row with the given method; -1 if there is none.
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

// checkClaims refuses a row if no measurement could contradict it.
func (f *file) checkClaims(hasBaseline bool) {
	t := f.Published
	for i, r := range t.Rows {
		switch {
		case i == t.Baseline || !r.compared() || r.Claim == noClaim:
		case !hasBaseline:
			f.add(f.PositionOf("published"), "published.baseline is missing: name the row that the others, such as %s, are compared with", quote(r.Method))
			return
		case t.Baseline < 0: // reported elsewhere
		case r.Claim != "":
			if implied := t.implied(&r); implied != "" && !t.allows(&r, r.Claim) {
				f.add(r.at, "the row %s claims %s, but its figures mean %s: correct one of them, or remove the claim", quote(r.Method), quote(r.Claim), quote(implied))
			}
		case r.figures(&t.Rows[t.Baseline]) != nil && t.implied(&r) == "":
			f.add(r.at, "the speed-up of the row %s includes both no difference and a gain or loss: set `claim`", quote(r.Method))
		case r.figures(&t.Rows[t.Baseline]) == nil:
			f.add(r.at, "the row %s has no claim: add seconds or a mean (the baseline row needs them too), a speedup, or a claim (%s)", quote(r.Method), strings.Join(Claims, ", "))
		}
	}
}

// compared reports whether the row is compared with another row.
func (r *PublishedRow) compared() bool {
	return r.Claim != intact && r.Claim != corrupt && r.Claim != fails
}

// figures returns the ends of the printed speed-up, or of the speed-up calculated from the
// seconds of the row and its baseline. It returns nil if there is neither.
func (r *PublishedRow) figures(baseline *PublishedRow) []float64 {
	if len(r.Speedup) > 0 {
		return []float64{r.Speedup[0].Value, r.Speedup[1].Value}
	}
	baselineSeconds, seconds := baseline.seconds().Value, r.seconds().Value
	if baselineSeconds == 0 || seconds == 0 {
		return nil
	}
	speedup := baselineSeconds / seconds
	return []float64{speedup, speedup}
}

// possibleFigures returns the range of speed-ups that figures allows for. Each printed number may be
// half a unit too small or too large.
func (r *PublishedRow) possibleFigures(baseline *PublishedRow) (low, high float64) {
	if len(r.Speedup) > 0 {
		return r.Speedup[0].low(), r.Speedup[1].high()
	}
	baselineSeconds, seconds := baseline.seconds(), r.seconds()
	return baselineSeconds.low() / seconds.high(), baselineSeconds.high() / seconds.low()
}

func (p Printed) low() float64  { return max(0, p.Value-p.Unit/2) }
func (p Printed) high() float64 { return p.Value + p.Unit/2 }

// seconds returns the printed mean, or the mean of the printed runs; 0 if there is neither.
func (r *PublishedRow) seconds() Printed {
	if r.Mean != nil {
		return *r.Mean
	}
	var sum Printed
	for _, run := range r.Runs {
		sum.Value, sum.Unit = sum.Value+run.Value, sum.Unit+run.Unit
	}
	n := float64(max(1, len(r.Runs)))
	return Printed{sum.Value / n, sum.Unit / n}
}

// implied returns the claim that follows from the figures of a row; "" if there is none.
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

// allows reports whether a claim about time is possible with the figures of a row, within half a
// unit of each number.
func (t *Published) allows(r *PublishedRow, claim string) bool {
	low, high := r.possibleFigures(&t.Rows[t.Baseline])
	switch claim {
	case "faster":
		return high > 1+t.Tolerance
	case "slower":
		return low < 1-t.Tolerance
	}
	return low <= 1+t.Tolerance && high >= 1-t.Tolerance
}

var printedRegexp = lazyregexp.New(`^(~?)([0-9]{1,12})(?:\.([0-9]{1,12}))?$`)

// printed reads a number above zero with its last printed digit.
func (d *decoder) printed(label, example string, n *yaml.Node) (Printed, bool) {
	p, ok := parsePrinted(n.Value)
	if n.Kind != yaml.ScalarNode || !ok {
		d.problem(n, "%s: expected the printed number, above 0 and without a unit, such as %s, found %s", label, example, found(n))
		return Printed{}, false
	}
	return p, true
}

// parsePrinted parses a number above zero. After a ~ (about) only its first digit is known.
func parsePrinted(text string) (Printed, bool) {
	m := printedRegexp().FindStringSubmatch(text)
	value, err := strconv.ParseFloat(strings.TrimPrefix(text, "~"), 64)
	if m == nil || err != nil || value <= 0 {
		return Printed{}, false
	}
	unit, _ := strconv.ParseFloat("1e-"+strconv.Itoa(len(m[3])), 64)
	if m[1] != "" {
		unit = math.Pow(10, math.Floor(math.Log10(value)))
	}
	return Printed{value, unit}, true
}

var printedSizeRegexp = lazyregexp.New(`^(~?[0-9]{1,12}(?:\.[0-9]{1,12})?) ?(B|kB|KB|MB|GB|TB)$`)

// PrintedUnits are the units of a printed size in bytes. They are decimal.
var PrintedUnits = map[string]float64{"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}

// printedSize reads a printed size in bytes; nil: none.
func (f *file) printedSize(s *section, name string) *PrintedSize {
	n := s.node(name)
	if n == nil {
		return nil
	}
	if m := printedSizeRegexp().FindStringSubmatch(n.Value); m != nil && n.Kind == yaml.ScalarNode {
		if p, ok := parsePrinted(m[1]); ok {
			unit := PrintedUnits[m[2]]
			return &PrintedSize{Printed{p.Value * unit, p.Unit * unit}, m[2], strings.HasPrefix(m[1], "~")}
		}
	}
	f.problem(n, "%s: expected the printed size, above 0 and with a decimal unit (B, kB, MB, GB, TB), such as ~1 MB, found %s", join(s.label, name), found(n))
	return nil
}

// printedList reads one number or a list of numbers.
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

// printedRange reads a number or the two ends of a range, and returns both ends.
func (d *decoder) printedRange(label string, n *yaml.Node) []Printed {
	ends := d.printedList(label, "2.96, or a range such as [2.5, 3]", n, 2)
	if len(ends) == 1 {
		ends = append(ends, ends[0])
	}
	if len(ends) == 2 && ends[0].Value > ends[1].Value {
		d.problem(n, "%s: the range begins at %v, above its end %v", label, ends[0].Value, ends[1].Value)
		return nil
	}
	return ends
}
