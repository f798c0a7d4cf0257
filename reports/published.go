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
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/table"
)

// hasPublished reports whether the run is compared with a published table.
func hasPublished(c *Content) bool { return c.Published != nil }

// writePublishedCSV writes one row for each pair of a published row and a cell that runs its
// method. A published row without such a cell has one row, in which the cell is empty.
func writePublishedCSV(w io.Writer, d *Content) error {
	return table.WriteCSV(w, publishedColumns(), d.Published.Pairings())
}

// publishedColumns returns the columns of published.csv.
func publishedColumns() []table.Column[reproduce.Pairing] {
	column := table.New[reproduce.Pairing]
	// attempt returns a column that is empty if no cell runs the method of the row.
	attempt := func(name, doc string, f func(*reproduce.Attempt) table.Value) table.Column[reproduce.Pairing] {
		return column(name, doc, func(p reproduce.Pairing) table.Value {
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
		column("method", "name of the method in the published row", func(p reproduce.Pairing) table.Value { return table.Words(p.Printed.Method) }),
		attempt("cell", "name of the cell", func(a *reproduce.Attempt) table.Value { return table.Words(a.Cell.Cell.Name) }),
		attempt("kind", "`program` (a contender: the published method itself) or `strategy` (a strategy of iosweep)", func(a *reproduce.Attempt) table.Value { return table.Words(a.Kind()) }),
		column("claim", "`faster`, `slower`, `no difference`, `intact`, `corrupt`, `fails` or `none`; empty for the baseline", func(p reproduce.Pairing) table.Value { return table.Words(p.Claim) }),
		column("published_seconds", "the printed mean, or the mean of the printed runs", func(p reproduce.Pairing) table.Value { return table.Number(p.Method.Seconds) }),
		column("published_runs_mean_seconds", "the mean of the printed runs", func(p reproduce.Pairing) table.Value { return table.Number(p.RunsMean) }),
		column("published_speedup", "the printed speed-up, or the speed-up computed from the seconds; empty for a range", func(p reproduce.Pairing) table.Value { return table.Number(p.SingleSpeedup()) }),
		column("published_speedup_low", "lower end of the published range, or the published speed-up if it is one number", func(p reproduce.Pairing) table.Value { return low(p.Method.Speedup) }),
		column("published_speedup_high", "upper end of the published range, or the published speed-up if it is one number", func(p reproduce.Pairing) table.Value { return high(p.Method.Speedup) }),
		attempt("trials", "number of measured trials of the cell that ended, successfully or not", func(a *reproduce.Attempt) table.Value { return table.Whole(a.Cell.Trials) }),
		value("mean_seconds", "mean of the good trials, by the measure of the table: the time until all work is done, or the time until the caller can continue", func(a *reproduce.Attempt) analysis.Value { return a.Seconds.Mean }),
		attempt("ci95_low_seconds", "lower end of the 95% interval of the mean; empty if open", func(a *reproduce.Attempt) table.Value { return low(a.Seconds.CI) }),
		attempt("ci95_high_seconds", "upper end of the 95% interval of the mean", func(a *reproduce.Attempt) table.Value { return high(a.Seconds.CI) }),
		attempt("baseline", "name of the cell that this speed-up compares with: a cell of the published baseline, if possible of the same kind; it can differ from `baseline` in `summary.csv`", func(a *reproduce.Attempt) table.Value { return table.Words(a.BaselineName()) }),
		value("speedup", "mean of this baseline / mean of the cell, over the rounds in which both succeeded; empty if the work was not done", func(a *reproduce.Attempt) analysis.Value { return a.Speedup.Value }),
		attempt("speedup_ci95_low", "lower end of the 95% interval of the speed-up; empty if open", func(a *reproduce.Attempt) table.Value { return low(a.Speedup.CI) }),
		attempt("speedup_ci95_high", "upper end of the 95% interval of the speed-up; empty if open", func(a *reproduce.Attempt) table.Value { return high(a.Speedup.CI) }),
		value("corrupt_items", "mean number of corrupt items per trial; only for rows that claim `intact` or `corrupt`", func(a *reproduce.Attempt) analysis.Value { return a.Corrupt }),
		attempt("size_verdict", "`as published`, `larger`, `smaller` or `uncertain`: the measured gain or loss compared with the published one. If the verdict is `limited`, both are first divided by the number of usable cpus", func(a *reproduce.Attempt) table.Value { return table.Words(a.Size) }),
		attempt("verdict", "`reproduced`, `contradicted`, `limited` or `inconclusive`; `variant` for a cell that does not judge the row; empty for the baseline and for a row that claims `none`", func(a *reproduce.Attempt) table.Value { return table.Words(a.Outcome) }),
		column("reason", "why the verdict is not `reproduced`", func(p reproduce.Pairing) table.Value {
			if p.Attempt == nil {
				return table.Words(reproduce.NoCell)
			}
			return table.Words(p.Reason)
		}),
		value("p_adjusted", "p value of the hypothesis that the true speed-up is at the end of the claimed range nearest to `speedup`. It is adjusted by Holm's method over the judged cells of the same kind. Only for claims about time", func(a *reproduce.Attempt) analysis.Value { return a.Adjusted }),
		attempt("noisy_rounds", "number of rounds of the speed-up in which the machine was not quiet during the trial of the cell or of its baseline. It is empty if no round has a good trial of both", noisyRounds),
		value("max_rss_bytes", "peak memory of the largest process; maximum over the trials", func(a *reproduce.Attempt) analysis.Value { return a.Cell.MaxRSS }),
		value("sum_rss_bytes", "highest sum of the memory of all processes at one time; maximum over the trials", func(a *reproduce.Attempt) analysis.Value { return a.Cell.SumRSS }),
	}
}

// A line is a line of the table for people. It shows a published row, a cell that runs the
// method of the row, or both. Method is nil on a line that only adds a cell to the row above.
// Attempt is nil on a line that shows only the published row.
type line = reproduce.Pairing

// linesPerCell returns one line for each cell. The first cell of a row is on the same line as
// the published values.
func linesPerCell(r *reproduce.Reproduction) []line {
	list := r.Pairings()
	for i, p := range list {
		if n := len(p.Attempts); n > 0 && p.Attempt != p.Attempts[0] {
			list[i].Method = nil
		}
	}
	return list
}

// linesPerRowAndCell returns one line for each published row, followed by one line for each of
// its cells, so that the names of both fit into one column.
func linesPerRowAndCell(r *reproduce.Reproduction) []line {
	var list []line
	for _, m := range r.Methods {
		list = append(list, line{Method: m})
		for _, a := range m.Attempts {
			list = append(list, line{Attempt: a})
		}
	}
	return list
}

// publishedFigures returns the columns with the published values.
func publishedFigures(r *reproduce.Reproduction) []table.Column[line] {
	column := func(title string, weight int, f func(*reproduce.Method) string) table.Column[line] {
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
		column(time, 3, reproduce.PrintedTime).Where(func(l line) bool { return l.Method != nil && l.Method.Seconds.OK }),
		column(speedup, 8, func(m *reproduce.Method) string {
			switch {
			case m.Claim == journal.ClaimNone && !m.Speedup.OK:
				return format.Undefined
			case m.Claim != journal.ClaimNone && m.Claim != "" && !reproduce.IsOfTime(m.Claim):
				return m.Claim
			}
			return cmp.Or(reproduce.PrintedFactor(m), format.Undefined)
		}).Where(func(l line) bool { // the 1.00× of the baseline alone says nothing
			return l.Method != nil && !l.Method.IsBaseline && (l.Method.Speedup.OK || l.Method.Claim != journal.ClaimNone && l.Method.Claim != "")
		}),
	}
}

// measuredFigures returns the columns with the measured values.
func measuredFigures(r *reproduce.Reproduction) []table.Column[line] {
	column := func(title string, weight int, f func(*reproduce.Attempt) string) table.Column[line] {
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
	mean, weight := "mean", 4
	if r.IsBlocked() { // the speed-ups are of this time, and no other table has its spread
		mean, weight = "blocked", 7
	}
	// timed reports whether a line has a claim about time, or a cell that is compared without a
	// claim. Columns of speed-ups are hidden in tables without any.
	timed := func(l line) bool {
		return l.Method != nil && reproduce.IsOfTime(l.Claim) || l.Attempt != nil && l.Comparable()
	}
	return []table.Column[line]{
		column(mean, weight, func(a *reproduce.Attempt) string { return format.MeanSeconds(a.Seconds) }),
		column("speed-up", 10, func(a *reproduce.Attempt) string { return format.Times(a.Speedup.Value) }).Where(timed),
		column("95% interval", 7, func(a *reproduce.Attempt) string { return format.TimesInterval(a.Speedup.CI) }).Where(timed),
		column("corrupt", 9, reproduce.CorruptOf).Where(func(l line) bool { return l.Attempt != nil && l.Corrupt.OK }),
		column("size", 5, sizeText).Left().Where(func(l line) bool { return l.Attempt != nil && l.Size != "" }),
		column("memory", 2, func(a *reproduce.Attempt) string { return format.Bytes(a.Cell.MaxRSS) }).Where(func(l line) bool { return l.Attempt != nil && l.Cell.MaxRSS.OK }),
		column("all\nprocesses", 1, func(a *reproduce.Attempt) string { return format.Bytes(a.Cell.SumRSS) }).Where(func(l line) bool { return l.Attempt != nil && l.Cell.SumRSS.OK }),
		column("noisy\nrounds", 6, noisyText).Where(func(l line) bool { return l.Attempt != nil && l.Noisy > 0 }),
		column("verdict", 9, outcomeText).Painted(outcomeTone),
	}
}

// noisyRounds returns the number of noisy rounds; empty if there is no round.
func noisyRounds(a *reproduce.Attempt) table.Value {
	if a.Rounds == 0 {
		return table.Value{}
	}
	return table.Whole(a.Noisy)
}

// noisyText returns the number of noisy rounds and of all rounds.
func noisyText(a *reproduce.Attempt) string {
	if a.Noisy == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", a.Noisy, a.Rounds)
}

// outcomeTone returns the colour of an outcome.
func outcomeTone(l line) table.Tone {
	if l.Attempt == nil {
		return table.Plain
	}
	return map[reproduce.Outcome]table.Tone{
		reproduce.Reproduced: table.Good, reproduce.Limited: table.Good,
		reproduce.Contradicted: table.Bad, reproduce.Undecided: table.Doubtful,
	}[l.Outcome]
}

// sizeText returns the size verdict, with "/cpu" if it compares speed-ups per cpu.
func sizeText(a *reproduce.Attempt) string {
	if a.Outcome == reproduce.Limited && a.Size != reproduce.SizeUncertain {
		return string(a.Size) + "/cpu"
	}
	return string(a.Size)
}

// outcomeText returns the outcome of an attempt, the status "xfail" for an expected failure that
// decides nothing, "baseline" for the baseline, or a dash.
func outcomeText(a *reproduce.Attempt) string {
	switch {
	case a.IsExpectedFailure():
		return string(analysis.StatusXFail)
	case a.Outcome != "":
		return string(a.Outcome)
	case a.Baseline == a.Cell:
		return "baseline"
	}
	return format.Undefined
}

// widthOfFigures is the width of the columns that a long name must not hide.
const widthOfFigures = 66

// writePublished writes the table for a terminal, with the findings and the reasons.
func writePublished(out io.Writer, d *Content, opt table.Options) {
	r := d.Published
	writeWrapped(out, "Published and measured: "+origin(r, d.Machine()), opt)
	if conditions := r.Conditions.Sentence(); conditions != "" {
		writeWrapped(out, conditions, opt)
	}
	method := table.Text("method", 0, func(l line) string { return lineName(l, max(30, opt.Width-widthOfFigures)) })
	columns := append(publishedFigures(r), measuredFigures(r)...)
	writeHidden(out, table.Of([]table.Column[line]{method}, columns, linesPerRowAndCell(r)).Write(out, opt), seeReport, opt)
	for _, counts := range r.OutcomeCounts() {
		writeWrapped(out, counts, opt)
	}
	writeParagraphs(out, r.Findings, opt)
	writeParagraphs(out, r.Reasons(), opt)
	fmt.Fprintln(out)
}

// lineName returns the name of a method, or an indented name of a cell. It cuts names to
// maxLength characters to leave more space for the figures.
func lineName(l line, maxLength int) string {
	if l.Method != nil {
		return oneline.Shorten(l.Method.Printed.Method, maxLength)
	}
	return "  " + oneline.Shorten(l.Attempt.Contender, maxLength-2)
}

// origin returns the source of the published table, the machine of that publication, and the
// machine of this run.
func origin(r *reproduce.Reproduction, here journal.Machine) string {
	machine := func(before string, cpus int, system, python, after string) string {
		var parts []string
		if cpus > 0 {
			parts = append(parts, format.Count(cpus, "cpu"))
		}
		if system != "" {
			parts = append(parts, system)
		}
		if python != "" {
			parts = append(parts, "Python "+python)
		}
		if len(parts) == 0 {
			return ""
		}
		return before + strings.Join(parts, ", ") + after
	}
	return cmp.Or(r.Table.Source, "a table of unknown source") +
		machine(" (", r.Table.CPUs, r.Table.OS, r.Table.Python, ")") + machine("; here ", here.CPUs, here.OS, "", "")
}
