package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// An AB is the result of `iosweep ab`: two revisions of programs, measured in the same rounds. A
// control is BASE, measured once more as another cell. It shows what this machine can tell apart.
type AB struct {
	Base, New journal.Source
	Rows      []ABRow
	// Noisy are the controls that are called faster or slower, although they run the program of
	// their baseline.
	Noisy []*Summary

	judge  Figure
	naming []string // the factors that distinguish the rows
}

// An ABRow is the comparison of one cell. New and Control are nil if the run has no such cell.
type ABRow struct{ Base, New, Control *Summary }

// Name names the cell by the factors that distinguish it from others.
func (ab *AB) Name(r ABRow) string { return Label(r.New.Cell, ab.naming) }

// Naming returns the factors that distinguish the rows.
func (ab *AB) Naming() []string { return ab.naming }

// isControl reports whether a cell is a control.
func (d *Data) isControl(s *Summary) bool {
	return d.Run.AB != nil && s.Cell.Levels[experiments.Revision.String()] == experiments.Control
}

// families divides the cells that get verdicts into the families whose p values are adjusted
// together. A table is a family. Under `iosweep ab` each table has one cell of NEW, so the cells of
// NEW in all tables are one family. The controls are another, because they must not make a verdict
// on NEW less certain.
func (d *Data) families(judged [][]*Summary) [][]*Summary {
	if d.Run.AB == nil {
		return judged
	}
	var cells, controls []*Summary
	for _, s := range slices.Concat(judged...) {
		if s.Control {
			controls = append(controls, s)
		} else {
			cells = append(cells, s)
		}
	}
	return [][]*Summary{cells, controls}
}

// ab returns the result of `iosweep ab`; nil: another command began the run.
func (d *Data) ab() *AB {
	if d.Run.AB == nil {
		return nil
	}
	ab := &AB{judge: d.Judge, Base: d.sourceOf(d.Run.AB.Base), New: d.sourceOf(d.Run.AB.New)}
	var cells []*Summary
	for _, g := range d.Tables {
		if g.Baseline == nil || g.IsRetired() {
			continue
		}
		row := ABRow{Base: g.Baseline}
		for _, s := range g.Cells {
			switch {
			case s.Control:
				row.Control = s
				if s.Verdict == Slower || s.Verdict == Faster {
					ab.Noisy = append(ab.Noisy, s)
				}
			case !s.IsBaseline():
				row.New = s
			}
		}
		if row.New != nil {
			ab.Rows, cells = append(ab.Rows, row), append(cells, row.New)
		}
	}
	ab.naming = Naming(d.Factors, cells)
	return ab
}

// sourceOf returns the source of a revision.
func (d *Data) sourceOf(revision string) journal.Source {
	i := slices.IndexFunc(d.Run.Sources, func(s journal.Source) bool { return s.Revision == revision })
	if i < 0 {
		return journal.Source{Revision: revision} // no cell could be planned
	}
	return d.Run.Sources[i]
}

// DescribeSource describes a revision: its name, the hash and the subject of its commit, and
// whether its files differ from the commit.
func DescribeSource(s journal.Source) string {
	text := s.Revision
	if s.Commit != "" {
		const short = 9
		text += fmt.Sprintf(" is %s", s.Commit[:min(len(s.Commit), short)])
	}
	if s.Tree != "" {
		switch {
		case s.Commit == "":
			text += " has no commit"
		case s.Changed == 0:
			text += " without changes"
		default:
			text += fmt.Sprintf(" with changes (%s)", format.Count(s.Changed, "file"))
		}
	}
	if s.Subject != "" {
		text += fmt.Sprintf(", %q", s.Subject)
	}
	return text
}

// Count returns the number of rows in which NEW has a verdict.
func (ab *AB) Count(v estimate.Verdict) (n int) {
	for _, r := range ab.Rows {
		if r.New.Verdict == v {
			n++
		}
	}
	return n
}

// SumUp returns the result in one sentence.
func (ab *AB) SumUp() string {
	if len(ab.Rows) == 0 {
		return "NEW was not compared with BASE: the run has no cell of both."
	}
	var parts []string
	of := " of " + format.Count(len(ab.Rows), "cell")
	for _, v := range []estimate.Verdict{Slower, Faster, Equivalent, Inconclusive, ""} {
		count, word := ab.Count(v), cmp.Or(string(v), "no verdict")
		switch {
		case count == 0:
		case len(ab.Rows) == 1:
			parts = append(parts, word)
		default:
			parts = append(parts, fmt.Sprintf("%s in %d%s", word, count, of))
			of = ""
		}
	}
	return "NEW compared with BASE: " + format.Join(parts) + "."
}

// ControlSentence returns what the controls say about the machine.
func (ab *AB) ControlSentence() string {
	var controls, judged int
	for _, r := range ab.Rows {
		if r.Control != nil {
			controls++
			if r.Control.Verdict != "" {
				judged++
			}
		}
	}
	switch {
	case len(ab.Noisy) > 0:
		s := ab.Noisy[0]
		text := fmt.Sprintf("The machine is too noisy: the control %s is called %s than BASE (%s, 95%% interval %s), and both are the same program.",
			s.Cell.Name, s.Verdict, format.Times(s.Speedup.Value), format.TimesInterval(s.Speedup.CI))
		if more := len(ab.Noisy) - 1; more > 0 {
			text += fmt.Sprintf(" So %s.", format.Count(more, "more control"))
		}
		return text + " The verdicts on NEW may be wrong, too. This happens by chance in at most 1 run of 20."
	case judged == 0:
		return "No control has a verdict, so nothing is known about the noise of the machine."
	case controls == 1:
		return "The control, which is BASE once more, is neither faster nor slower than BASE."
	}
	return fmt.Sprintf("The %s, which are BASE once more, are neither faster nor slower than BASE.", format.Count(judged, "control"))
}

// Notes explain the table of an AB.
func (ab *AB) Notes() []string {
	list := []string{
		fmt.Sprintf("%s, in the same rounds, with its 95%% interval: above 1 NEW is %s. Equivalent: the whole interval lies within %g%% of 1.", ab.judge.Definition(), ab.judge.Better(), 100*estimate.Margin),
	}
	if n := len(ab.Rows); n > 1 {
		list = append(list, fmt.Sprintf("p comes from the paired t-test on logarithms, corrected for %s by Holm's method. The controls are corrected apart from them.", format.Count(n, "cell")))
	} else {
		list = append(list, "p comes from the paired t-test on logarithms.")
	}
	return list
}
