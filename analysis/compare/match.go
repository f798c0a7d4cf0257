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

// A Status says whether a cell of two runs has a verdict, and if not, for want of
// what.
type Status string

// The statuses of a cell.
const (
	Compared      Status = "compared"
	Missing       Status = "missing"     // NEW has no such cell
	Added         Status = "added"       // BASE has no such cell
	Retired       Status = "retired"     // no longer in the experiment of its run
	DifferentWork Status = "other work"  // the runs do not do the same in it
	Failed        Status = "failed"      // in either run
	Skipped       Status = "skipped"     // in either run
	NotDone       Status = "not done"    // it did not do its work, as was expected of it
	Unmeasured    Status = "unmeasured"  // it has no good trial in either run
	NoInterval    Status = "no interval" // too few trials for one
)

// match pairs the cells of two runs by what they are, not by where they stand.
func match(base, next *analysis.Data) (list []*Contrast) {
	of := map[string][]*analysis.Summary{}
	for _, s := range next.Cells() {
		key := identity(s.Cell)
		of[key] = append(of[key], s)
	}
	for _, s := range base.Cells() {
		x := &Contrast{Base: s}
		key := identity(s.Cell)
		if i := counterpart(of[key], s.Cell.Retired); i >= 0 {
			x.New = of[key][i]
			of[key] = slices.Delete(of[key], i, i+1)
		}
		list = append(list, x)
	}
	for _, s := range next.Cells() {
		if slices.Contains(of[identity(s.Cell)], s) {
			list = append(list, &Contrast{New: s})
		}
	}
	return list
}

// counterpart is which of some cells that are alike stands for one of the other run:
// a cell that is retired gives way to the one that took its place. -1 if none does.
func counterpart(alike []*analysis.Summary, retired bool) int {
	i := slices.IndexFunc(alike, func(s *analysis.Summary) bool { return s.Cell.Retired == retired })
	if i < 0 && len(alike) > 0 {
		return 0
	}
	return i
}

// identity tells what a cell is: its operation, its strategy and every other level
// of the grid. Levels that the format gives anyhow are left out, so that an axis
// which one iosweep knows and an older one does not makes no other cell. The
// workload and the workspace are part of it only where the grid has them: else the
// workload is looked at apart, and the workspace is where a machine has room.
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

// isOfFile reports whether the whole file sets a level, and not the grid. The levels of
// the grid name a cell.
func isOfFile(c journal.Cell, name string) bool {
	a, builtin := experiments.AxisNamed(name)
	if !builtin || a != experiments.Workspace && !a.OfWorkload() || slices.Contains(c.Custom, name) {
		return false
	}
	return !strings.Contains("/"+c.Name+"/", "/"+name+"="+c.Levels[name]+"/")
}

// obstacle says why a cell cannot be compared.
func (x *Contrast) obstacle() (Status, string) {
	inBase, inNew := x.Base != nil && x.Base.Cell.Retired, x.New != nil && x.New.Cell.Retired
	switch {
	case inBase && inNew:
		return Retired, "no longer in the experiment of BASE and NEW"
	case inBase:
		return Retired, "no longer in the experiment of BASE"
	case inNew:
		return Retired, "no longer in the experiment of NEW"
	case x.New == nil:
		return Missing, "only in BASE"
	case x.Base == nil:
		return Added, "only in NEW"
	}
	if d, differ := otherInputs(x.Base.Cell, x.New.Cell); differ {
		return DifferentWork, d.String()
	}
	if status, reason := unfit(x.New); status != Compared {
		return status, "NEW: " + reason
	}
	if status, reason := unfit(x.Base); status != Compared {
		return status, "BASE: " + reason
	}
	return Compared, ""
}

// unfit says why the trials of a cell in one run are not to be compared.
func unfit(s *analysis.Summary) (Status, string) {
	reason := s.Unmeasured()
	switch {
	case s.Status == analysis.StatusFailed:
		return Failed, reason
	case s.Status == analysis.StatusSkipped:
		return Skipped, reason
	case s.ExpectedFailures > 0:
		return NotDone, fmt.Sprintf("it did not do the work in %d of %s, as expected: %s", s.ExpectedFailures, format.Count(s.Seconds.N, "good trial"), format.OneLine(s.Finding))
	case reason != "":
		return Unmeasured, cmp.Or(format.OneLine(s.Reason), reason)
	}
	return Compared, ""
}

// otherInputs says in what a cell's inputs differ. Their sum settles it, where both
// journals have one: how they came about and where they lie makes no difference. A command
// that is defined otherwise does the same work if its inputs are the same: that it has
// changed is why somebody compares, and stands among the differences.
func otherInputs(was, is journal.Cell) (d Difference, differ bool) {
	known := was.Inputs != "" && is.Inputs != ""
	if known && was.Inputs == is.Inputs {
		return d, false
	}
	for _, a := range experiments.Axes() {
		if name := a.String(); a.OfWorkload() && a != experiments.From && was.Levels[name] != is.Levels[name] {
			of := func(c journal.Cell) string { return name + " " + cmp.Or(c.Levels[name], none) }
			return Difference{OfInputs, "inputs", of(was), of(is)}, true
		}
	}
	of := func(c journal.Cell) string {
		return format.Count(c.Files, "file") + " of " + format.Thousands(c.Bytes) + " bytes"
	}
	if of(was) != of(is) {
		return Difference{OfInputs, "inputs", of(was), of(is)}, true
	}
	return Difference{OfInputs, "inputs", of(was), "as many, of other names, permissions or content"}, known
}

// overlap is an error if no cell of both runs does the same: what is compared then is
// nothing, and nothing is not good.
func (c *Comparison) overlap() error {
	both := c.having(func(x *Contrast) bool { return x.Base != nil && x.New != nil })
	switch {
	case len(both) == 0:
		return fmt.Errorf("the runs have no cell in common: BASE %s has %s, NEW %s has %s; compare two runs of one experiment",
			c.Options.BaseName, cellsOf(c.Base), c.Options.NewName, cellsOf(c.New))
	case !slices.ContainsFunc(both, func(x *Contrast) bool { return x.Status != DifferentWork }):
		return fmt.Errorf("no cell of BASE %s and NEW %s does the same work in both: of %s, %s: %s",
			c.Options.BaseName, c.Options.NewName, format.Count(len(both), "cell"), format.OneLine(both[0].Name()), format.OneLine(both[0].Reason))
	}
	return nil
}

// cellsOf names some cells of a run.
func cellsOf(d *analysis.Data) string {
	var names []string
	for _, s := range d.Cells() {
		names = append(names, format.OneLine(s.Cell.Name))
	}
	return fmt.Sprintf("%s (%s)", format.Count(len(names), "cell"), format.Several(names))
}
