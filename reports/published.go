package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// hasPublished reports whether the run is held against a published table.
func hasPublished(c *Content) bool { return c.Published != nil }

// writePublishedCSV writes one row per published row and cell that does what it says. A
// published row without such a cell has one, with no cell.
func writePublishedCSV(w io.Writer, d *Content) error {
	return table.WriteCSV(w, publishedColumns(), d.Published.Pairings())
}

// publishedColumns is the layout of published.csv.
func publishedColumns() []table.Column[reproduce.Pairing] {
	of := table.New[reproduce.Pairing]
	// attempt is a column that is empty where no cell does what the row says.
	attempt := func(name, doc string, f func(*reproduce.Attempt) table.Value) table.Column[reproduce.Pairing] {
		return of(name, doc, func(p reproduce.Pairing) table.Value {
			if p.Attempt == nil {
				return table.Value{}
			}
			return f(p.Attempt)
		})
	}
	value := func(name, doc string, f func(*reproduce.Attempt) analysis.Value) table.Column[reproduce.Pairing] {
		return attempt(name, doc, func(a *reproduce.Attempt) table.Value { return table.Number(f(a)) })
	}
	return []table.Column[reproduce.Pairing]{
		of("method", "of the published row", func(p reproduce.Pairing) table.Value { return table.Words(p.Printed.Method) }),
		attempt("cell", "name of the cell", func(a *reproduce.Attempt) table.Value { return table.Words(a.Cell.Cell.Name) }),
		attempt("kind", "`program` (a contender: the published method itself) or `strategy` (one of iosweep's own)", func(a *reproduce.Attempt) table.Value { return table.Words(a.Kind()) }),
		of("claim", "`faster`, `slower`, `no difference`, `intact`, `corrupt`; empty for the baseline", func(p reproduce.Pairing) table.Value { return table.Words(p.Claim) }),
		of("published_seconds", "the printed mean, or that of the printed runs", func(p reproduce.Pairing) table.Value { return table.Number(p.Method.Seconds) }),
		of("published_runs_mean_seconds", "the mean of the printed runs", func(p reproduce.Pairing) table.Value { return table.Number(p.RunsMean) }),
		of("published_speedup", "as printed, or else by the seconds; empty for a range", func(p reproduce.Pairing) table.Value { return table.Number(p.SingleSpeedup()) }),
		of("published_speedup_low", "its lower end, or the number", func(p reproduce.Pairing) table.Value { return low(p.Method.Speedup) }),
		of("published_speedup_high", "its upper end, or the number", func(p reproduce.Pairing) table.Value { return high(p.Method.Speedup) }),
		attempt("trials", "measured trials of the cell that ended, well or badly", func(a *reproduce.Attempt) table.Value { return table.Whole(a.Cell.Trials) }),
		value("mean_seconds", "of the good ones, by the measure of the table: the time until all was done, or until the caller could go on", func(a *reproduce.Attempt) analysis.Value { return a.Seconds.Mean }),
		attempt("ci95_low_seconds", "lower end of its 95% interval", func(a *reproduce.Attempt) table.Value { return low(a.Seconds.CI) }),
		attempt("ci95_high_seconds", "upper end", func(a *reproduce.Attempt) table.Value { return high(a.Seconds.CI) }),
		attempt("baseline", "name of the cell that this speed-up is against: of the published baseline, and of the same kind; not that of `summary.csv`", func(a *reproduce.Attempt) table.Value { return table.Words(a.BaselineName()) }),
		value("speedup", "mean of that / mean of the cell, over the rounds that both have; empty where the work was not done", func(a *reproduce.Attempt) analysis.Value { return a.Speedup.Value }),
		attempt("speedup_ci95_low", "lower end of its 95% interval; empty if open", func(a *reproduce.Attempt) table.Value { return low(a.Speedup.CI) }),
		attempt("speedup_ci95_high", "upper end; empty if open", func(a *reproduce.Attempt) table.Value { return high(a.Speedup.CI) }),
		value("corrupt_items", "mean per trial; only of rows that claim something of them", func(a *reproduce.Attempt) analysis.Value { return a.Corrupt }),
		attempt("size_verdict", "`as published`, `larger`, `smaller` or `uncertain`: of a gain or loss that was found, beside the published one; per cpu where the verdict is `limited`", func(a *reproduce.Attempt) table.Value { return table.Words(a.Size) }),
		attempt("verdict", "`reproduced`, `contradicted`, `limited`, `inconclusive`; empty for the baseline", func(a *reproduce.Attempt) table.Value { return table.Words(a.Outcome) }),
		of("reason", "why the verdict is not `reproduced`", func(p reproduce.Pairing) table.Value {
			if p.Attempt == nil {
				return table.Words(reproduce.NoCell)
			}
			return table.Words(p.Reason)
		}),
	}
}

// A line is one of the table for people: what a row says, a cell that does it, or both.
// Its Method is nil where it goes on with the row above, its Attempt on a line of what was
// published alone.
type line = reproduce.Pairing

// inOneLine puts a row on the line of its first cell.
func inOneLine(r *reproduce.Reproduction) []line {
	list := r.Pairings()
	for i, p := range list {
		if n := len(p.Attempts); n > 0 && p.Attempt != p.Attempts[0] {
			list[i].Method = nil
		}
	}
	return list
}

// beneath puts the cells beneath the row, so that a name takes one column.
func beneath(r *reproduce.Reproduction) []line {
	var list []line
	for _, m := range r.Methods {
		list = append(list, line{Method: m})
		for _, a := range m.Attempts {
			list = append(list, line{Attempt: a})
		}
	}
	return list
}

// publishedFigures are the columns of what the table says.
func publishedFigures(r *reproduce.Reproduction) []table.Column[line] {
	of := func(title string, weight int, f func(*reproduce.Method) string) table.Column[line] {
		return table.Text(title, weight, func(l line) string {
			if l.Method == nil {
				return ""
			}
			return f(l.Method)
		})
	}
	time, speedup := "published\ntime", "published\nclaim"
	if r.IsBlocked() {
		time = "published\nblocked"
	}
	if slices.ContainsFunc(r.Methods, func(m *reproduce.Method) bool { return m.Speedup.OK }) {
		speedup = "published\nspeed-up"
	}
	return []table.Column[line]{
		of(time, 3, reproduce.PrintedTime).Where(func(l line) bool { return l.Method != nil && l.Method.Seconds.OK }),
		of(speedup, 8, func(m *reproduce.Method) string {
			if reproduce.IsOfCorruption(m.Claim) {
				return m.Claim
			}
			return cmp.Or(reproduce.PrintedFactor(m), format.Undefined)
		}),
	}
}

// measuredFigures are the columns of what was measured.
func measuredFigures(r *reproduce.Reproduction) []table.Column[line] {
	of := func(title string, weight int, f func(*reproduce.Attempt) string) table.Column[line] {
		return table.Text(title, weight, func(l line) string {
			switch {
			case l.Attempt != nil:
				return f(l.Attempt)
			case len(l.Method.Attempts) == 0:
				return format.Undefined
			}
			return ""
		})
	}
	mean := "mean"
	if r.IsBlocked() {
		mean = "blocked"
	}
	// Columns that only some tables have are shown where a line has something for them.
	timed := func(l line) bool {
		return l.Method != nil && l.Claim != "" && !reproduce.IsOfCorruption(l.Claim)
	}
	return []table.Column[line]{
		of(mean, 4, func(a *reproduce.Attempt) string { return format.MeanSeconds(a.Seconds) }),
		of("speed-up", 10, func(a *reproduce.Attempt) string { return format.Times(a.Speedup.Value) }).Where(timed),
		of("95% interval", 7, func(a *reproduce.Attempt) string { return format.TimesInterval(a.Speedup.CI) }).Where(timed),
		of("corrupt", 9, reproduce.CorruptOf).Where(func(l line) bool { return l.Attempt != nil && l.Corrupt.OK }),
		of("size", 5, sizeText).Left().Where(func(l line) bool { return l.Attempt != nil && l.Size != "" }),
		of("verdict", 9, outcomeText).Painted(outcomeTone),
	}
}

// outcomeTone is how good what came of an attempt is.
func outcomeTone(l line) table.Tone {
	if l.Attempt == nil {
		return table.Plain
	}
	return map[reproduce.Outcome]table.Tone{
		reproduce.Reproduced: table.Good, reproduce.Limited: table.Good,
		reproduce.Contradicted: table.Bad, reproduce.Undecided: table.Doubtful,
	}[l.Outcome]
}

// sizeText is the size of what was found, and by what it was judged.
func sizeText(a *reproduce.Attempt) string {
	if a.Outcome == reproduce.Limited && a.Size != reproduce.SizeUncertain {
		return string(a.Size) + "/cpu"
	}
	return string(a.Size)
}

// outcomeText says how an attempt came out, or what it is where it claims nothing.
func outcomeText(a *reproduce.Attempt) string {
	switch {
	case a.Outcome != "":
		return string(a.Outcome)
	case a.Baseline == a.Cell:
		return "baseline"
	}
	return format.Undefined
}

// writePublished is the table for a terminal, with all that is to be said of it.
func writePublished(out io.Writer, d *Content, opt table.Options) {
	r := d.Published
	writeWrapped(out, "Published and measured: "+origin(r, d.Run.Machine), opt)
	method := table.Text("method", 0, func(l line) string { return lineName(l, max(30, opt.Width/3)) })
	columns := append(publishedFigures(r), measuredFigures(r)...)
	writeHidden(out, table.Of([]table.Column[line]{method}, columns, beneath(r)).Write(out, opt), "report.md has them", opt)
	for _, tally := range r.Tallies() {
		writeWrapped(out, tally, opt)
	}
	writeParagraphs(out, r.Findings, opt)
	writeParagraphs(out, r.Reasons(), opt)
	fmt.Fprintln(out)
}

// lineName is a method, or beneath it the name of a cell, of so many characters
// at most: the figures are worth more room.
func lineName(l line, most int) string {
	if l.Method != nil {
		return format.Shorten(l.Method.Printed.Method, most)
	}
	return "  " + format.Shorten(l.Attempt.Contender, most-2)
}

// origin says where the table is from, what it was made on, and what with that
// is compared here.
func origin(r *reproduce.Reproduction, here journal.Machine) string {
	machine := func(before string, cpus int, system, after string) string {
		var parts []string
		if cpus > 0 {
			parts = append(parts, format.Count(cpus, "cpu"))
		}
		if system != "" {
			parts = append(parts, system)
		}
		if len(parts) == 0 {
			return ""
		}
		return before + strings.Join(parts, ", ") + after
	}
	return cmp.Or(r.Table.Source, "a table of unknown source") +
		machine(" (", r.Table.CPUs, r.Table.OS, ")") + machine("; here ", here.CPUs, here.OS, "")
}
