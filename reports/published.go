package reports

import (
	"io"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
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
