package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Status shows whether a cell of two runs has a verdict, and if not, why.
type Status string

// The statuses of a cell.
const (
	Compared      Status = "compared"
	Missing       Status = "missing"     // NEW has no such cell
	Added         Status = "added"       // BASE has no such cell
	Retired       Status = "retired"     // no longer in the experiment of its run
	DifferentWork Status = "other work"  // the cell does different work in the two runs
	Failed        Status = "failed"      // in either run
	Skipped       Status = "skipped"     // in either run
	XFail         Status = "xfail"       // it failed to do its work, as expected, in either run
	Unmeasured    Status = "unmeasured"  // it has no good trial in one of the runs
	NoInterval    Status = "no interval" // too few trials for an interval
)

// match lines up the cells of all runs by their identity. Their positions do not matter.
func (c *Comparison) match() {
	runs := c.Runs()
	for r, run := range runs {
		known := map[string][]*Contrast{} // of the runs before
		for _, x := range c.Contrasts {
			key := identity(x.Cell().Cell)
			known[key] = append(known[key], x)
		}
		matched := map[*analysis.Summary]bool{}
		// If several cells have the same identity, cells of the same retired state belong together: a
		// retired cell may have been replaced by a new cell.
		for _, sameState := range []bool{true, false} {
			for _, s := range run.Cells() {
				i := slices.IndexFunc(known[identity(s.Cell)], func(x *Contrast) bool {
					return x.cells[r] == nil && (!sameState || x.Cell().Cell.Retired == s.Cell.Retired)
				})
				if !matched[s] && i >= 0 {
					known[identity(s.Cell)][i].cells[r], matched[s] = s, true
				}
			}
		}
		for _, s := range run.Cells() {
			if !matched[s] {
				x := &Contrast{cells: make([]*analysis.Summary, len(runs)), bases: len(c.BaseRuns), left: map[int]string{}}
				x.cells[r] = s
				c.Contrasts = append(c.Contrasts, x)
			}
		}
		for _, x := range c.Contrasts {
			if r < len(c.BaseRuns) {
				x.Base = cmp.Or(x.Base, x.cells[r])
			} else {
				x.New = cmp.Or(x.New, x.cells[r])
			}
		}
	}
}

// identity returns the key of a cell: its operation, its strategy and every other level
// of the grid. It omits default levels, so an axis that an older iosweep does not have
// makes no difference. The workload and the workspace belong to the key only if the grid
// has them. Otherwise inputDifference compares the workload, and the workspace is
// ignored: it is only a place with free space.
func identity(c journal.Cell) string {
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.Levels)) {
		level := c.Levels[name]
		if level == "" || level == analysis.Initial(name) || isOfFile(c, name) {
			continue
		}
		key.WriteString(strconv.Quote(name) + "=" + strconv.Quote(level) + " ")
	}
	return key.String()
}

// isOfFile reports whether a level comes from the whole file and not from the grid. The
// levels of the grid are part of the name of a cell.
func isOfFile(c journal.Cell, name string) bool {
	a, builtin := experiments.AxisNamed(name)
	if !builtin || a != experiments.Workspace && !a.OfWorkload() || slices.Contains(c.Custom, name) {
		return false
	}
	return !strings.Contains("/"+c.Name+"/", "/"+name+"="+c.Levels[name]+"/")
}

// check returns the status of a cell, and the reason if it cannot be compared. It leaves out the runs that
// lack the cell or did not measure it, if other runs of their side did. A failure in any run counts, because
// incorrect work may be fast because it is incorrect.
func (c *Comparison) check(x *Contrast) (Status, string) {
	var retired []string
	for _, side := range []string{baseSide, newSide} {
		cells := x.cellsOf(side)
		if len(cells) > 0 && !slices.ContainsFunc(cells, func(s *analysis.Summary) bool { return !s.Cell.Retired }) {
			retired = append(retired, side)
		}
	}
	switch {
	case len(retired) > 0:
		return Retired, "no longer in the experiment of " + format.Join(retired)
	case x.New == nil:
		return Missing, "only in BASE"
	case x.Base == nil:
		return Added, "only in NEW"
	}
	var first *analysis.Summary
	for i, s := range x.cells {
		switch {
		case s == nil:
			x.left[i] = "no such cell"
			continue
		case s.Cell.Retired:
			x.left[i] = "no longer in its experiment"
			continue
		case first == nil:
			first = s
		}
		if d, differ := inputDifference(first.Cell, s.Cell); differ {
			x.work = d
			return DifferentWork, d.String()
		}
	}
	for _, side := range []string{newSide, baseSide} {
		if status, reason := c.checkSide(x, side); status != Compared {
			return status, reason
		}
	}
	x.Left = c.describeLeft(x)
	return Compared, ""
}

// checkSide returns the status of a cell on one side, and the reason if it cannot be compared.
func (c *Comparison) checkSide(x *Contrast, side string) (status Status, reason string) {
	compared := false
	for i, s := range x.cells {
		if x.left[i] != "" || c.sideOf(i) != side {
			continue
		}
		switch own, why := checkSummary(s); own {
		case Compared:
			compared = true
		case Failed, XFail:
			return own, c.label(i) + ": " + why
		default:
			x.left[i] = why
			if status == "" {
				status, reason = own, c.label(i)+": "+why
			}
		}
	}
	if compared {
		return Compared, ""
	}
	return status, reason
}

// checkSummary returns the status of a cell in one run, and the reason if it cannot be
// compared.
func checkSummary(s *analysis.Summary) (Status, string) {
	reason := s.Unmeasured()
	switch {
	case s.Status == analysis.StatusFailed:
		return Failed, reason
	case s.Status == analysis.StatusSkipped:
		return Skipped, reason
	case s.ExpectedFailures > 0:
		return XFail, fmt.Sprintf("it did not do the work in %d of %s, as expected: %s", s.ExpectedFailures, format.Count(s.Seconds.N, "good trial"), format.OneLine(s.Finding))
	case reason != "":
		return Unmeasured, cmp.Or(format.OneLine(s.Reason), reason)
	}
	return Compared, ""
}

// inputDifference returns the difference between the inputs of a cell. If both journals
// have a checksum of the inputs, only the checksums are compared: the origin and the
// location of the inputs do not matter. A changed command does the same work if its
// inputs are the same. The change is then the subject of the comparison, and one of the
// differences.
func inputDifference(was, is journal.Cell) (d Difference, differ bool) {
	known := was.Inputs != "" && is.Inputs != ""
	if known && was.Inputs == is.Inputs {
		return d, false
	}
	for _, a := range experiments.Axes() {
		if name := a.String(); a.OfWorkload() && a != experiments.From && was.Levels[name] != is.Levels[name] {
			describe := func(c journal.Cell) string { return name + " " + cmp.Or(c.Levels[name], none) }
			return Difference{OfInputs, "inputs", describe(was), describe(is)}, true
		}
	}
	describe := func(c journal.Cell) string {
		return format.Count(c.Files, "file") + " of " + format.Thousands(c.Bytes) + " bytes"
	}
	if describe(was) != describe(is) {
		return Difference{OfInputs, "inputs", describe(was), describe(is)}, true
	}
	return Difference{OfInputs, "inputs", describe(was), "as many, of other names, permissions or content"}, known
}

// overlap returns an error if no cell does the same work in both runs. A comparison of
// nothing must not look like a good result.
func (c *Comparison) overlap() error {
	both := c.filter(func(x *Contrast) bool { return x.Base != nil && x.New != nil })
	switch {
	case len(both) == 0:
		return fmt.Errorf("the runs have no cell in common: BASE %s has %s, NEW %s has %s\ncompare two runs of the same experiment",
			c.Options.BaseName, cellsOf(c.Base), c.Options.NewName, cellsOf(c.New))
	case !slices.ContainsFunc(both, func(x *Contrast) bool { return x.Status != DifferentWork }):
		return fmt.Errorf("no cell does the same work in BASE %s and NEW %s (%s in both), for example %s: %s",
			c.Options.BaseName, c.Options.NewName, format.Count(len(both), "cell"), format.OneLine(both[0].Name()), format.OneLine(both[0].Reason))
	}
	return nil
}

// cellsOf returns a text with the number of cells of a run and some of their names.
func cellsOf(d *analysis.Data) string {
	var names []string
	for _, s := range d.Cells() {
		names = append(names, format.OneLine(s.Cell.Name))
	}
	return fmt.Sprintf("%s (%s)", format.Count(len(names), "cell"), format.Several(names))
}

// selectOnly removes the cells that do not match Options.Only. It returns an error if no cell of one of
// the sides matches. unmet describes the levels that no cell of a run has.
func (c *Comparison) selectOnly() (unmet []string, err error) {
	filters := c.Options.Only
	if len(filters) == 0 {
		return nil, nil
	}
	var all []*analysis.Data
	for _, r := range c.Runs() {
		all = append(all, r.Data)
	}
	matches, count := map[*analysis.Summary]bool{}, map[string]int{}
	var texts [][]string
	for i, r := range all {
		cells, text, err := r.Matching(filters, all...)
		if err != nil {
			return nil, err
		}
		for _, s := range cells {
			matches[s] = true
		}
		count[c.sideOf(i)] += len(cells)
		texts = append(texts, text)
	}
	if count[baseSide] == 0 || count[newSide] == 0 {
		return nil, c.noMatch(count[baseSide], count[newSide])
	}
	c.Contrasts = c.filter(func(x *Contrast) bool {
		return slices.ContainsFunc(x.cells, func(s *analysis.Summary) bool { return matches[s] })
	})
	return c.byRun(texts), nil
}

// noMatch reports that no cell of one of the runs matches --only, with the numbers of matching cells.
func (c *Comparison) noMatch(was, is int) error {
	filters := c.Options.Only
	side := func(what, name string, n int, d *analysis.Data) string {
		if n > 0 {
			return fmt.Sprintf("%s %s has %s", what, name, format.Count(n, "such cell"))
		}
		return fmt.Sprintf("%s %s has none: %s", what, name, cmp.Or(d.LevelsOf(filters), cellsOf(d)))
	}
	return fmt.Errorf("--only %s must match cells of both runs\n%s\n%s", strings.Join(filters, " --only "),
		side("BASE", c.Options.BaseName, was, c.Base), side("NEW", c.Options.NewName, is, c.New))
}
