package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// tailFields returns the columns of details.csv about the latency of the slowest items of each trial. The
// columns of summary.csv describe the items of all trials together, which have no interval.
func tailFields() (list []table.Column[*analysis.Summary]) {
	for i, tail := range journal.Tails() {
		what := map[string]string{journal.LatencyP99: "the 99th percentile of the latency", journal.LatencyMax: "the highest latency"}[tail.Name]
		of := func(s *analysis.Summary) *analysis.Tail { return &s.Tails[i] }
		column := func(name, doc string, f func(*analysis.Tail) table.Value) table.Column[*analysis.Summary] {
			return table.New(tail.Name+"_"+name, doc, func(s *analysis.Summary) table.Value { return f(of(s)) })
		}
		title := func(what string) string { return strings.TrimPrefix(tail.Name, "latency_") + " " + what } // p99 latency, max latency
		list = append(list,
			column("mean_seconds", "mean over the good trials of "+what+" of a trial; empty for contenders", func(t *analysis.Tail) table.Value { return table.Number(t.Mean) }).As(title("latency"), 1, func(s *analysis.Summary) string { return of(s).MeanText() }),
			column("ci95_low_seconds", "lower end of the 95% interval of this mean; empty if open", func(t *analysis.Tail) table.Value { return low(t.CI) }),
			column("ci95_high_seconds", "upper end of the 95% interval of this mean", func(t *analysis.Tail) table.Value { return high(t.CI) }),
			column("speedup", "this mean of the baseline / this mean of the cell, over the rounds in which both succeeded", func(t *analysis.Tail) table.Value { return table.Number(t.Speedup.Value) }).As(title("speed-up"), 1, func(s *analysis.Summary) string { return format.Times(of(s).Speedup.Value) }),
			column("speedup_ci95_low", "lower end of the 95% interval of this speed-up; empty if open", func(t *analysis.Tail) table.Value { return low(t.Speedup.CI) }).As(title("interval"), 1, func(s *analysis.Summary) string { return format.TimesInterval(of(s).Speedup.CI) }),
			column("speedup_ci95_high", "upper end of the 95% interval of this speed-up; empty if open", func(t *analysis.Tail) table.Value { return high(t.Speedup.CI) }),
			column("p_value", "p value of the paired t-test on the logarithms of its ratios", func(t *analysis.Tail) table.Value { return table.Number(t.Speedup.P) }),
			column("p_adjusted", "the same p value, adjusted by Holm's method over the cells with this baseline", func(t *analysis.Tail) table.Value { return table.Number(t.Adjusted) }),
			column("verdict", "verdict on this latency, as the `verdict` of summary.csv", func(t *analysis.Tail) table.Value { return table.Words(t.Verdict) }).As(title("verdict"), 1, func(s *analysis.Summary) string {
				if s.IsBaseline() {
					return "baseline"
				}
				return cmp.Or(string(of(s).Verdict), format.Undefined)
			}),
		)
	}
	return list
}

// isTail reports whether a column has this name and is about a tail.
func isTail(name string) bool {
	return slices.ContainsFunc(tailFields(), func(c table.Column[*analysis.Summary]) bool { return c.Name == name })
}

// tailsSheet returns the table of the tails for people.
func tailsSheet(factors []string, rows []*analysis.Summary) table.Sheet {
	columns := slices.DeleteFunc(tailFields(), func(c table.Column[*analysis.Summary]) bool { return c.Title == "" })
	return table.Of(keys(factors, func(s *analysis.Summary) journal.Cell { return s.Cell }), columns, rows)
}

// writeMarkdownTails writes the table of the tails, folded. Cells of contenders alone have none.
func writeMarkdownTails(out io.Writer, g analysis.Table, cells []*analysis.Summary) {
	if slices.ContainsFunc(cells, (*analysis.Summary).HasTails) {
		fmt.Fprintf(out, "\n<details>\n<summary>Tails: the slowest items of each trial</summary>\n\n%s\n</details>\n", tailsSheet(g.Factors, cells).Markdown())
	}
}

// tailsText explains the table of the tails.
const tailsText = `- **Tails**: the p99 latency is the time within which 99% of the items of a trial were done, and the max latency is the time
  of its slowest item. The means, intervals and verdicts are over trials, as for the time. The items of a trial are not
  independent, so they do not count as observations.
`
