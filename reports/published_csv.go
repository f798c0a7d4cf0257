package reports

import (
	"io"

	"iosweep/analysis/reproduce"
	"iosweep/internal/estimate"
	"iosweep/reports/table"
)

// publishedCSV is published.csv: one row per published row and cell that does
// what it says. A published row without such a cell has one, with no cell.
type publishedCSV struct{}

var _ Report = publishedCSV{}

func (publishedCSV) Name() string      { return "published" }
func (publishedCSV) Extension() string { return "csv" }

func (publishedCSV) Write(w io.Writer, d *Content) error {
	return table.WriteCSV(w, publishedColumns(), d.Published.Pairings())
}

// publishedColumns is the layout of published.csv.
func publishedColumns() []table.Column[reproduce.Pairing] {
	of := table.NewColumn[reproduce.Pairing]
	// attempt is a column that is empty where no cell does what the row says.
	attempt := func(name string, f func(*reproduce.Attempt) table.Field) table.Column[reproduce.Pairing] {
		return of(name, func(p reproduce.Pairing) table.Field {
			if p.Attempt == nil {
				return table.Field{}
			}
			return f(p.Attempt)
		})
	}
	value := func(name string, f func(*reproduce.Attempt) estimate.Value) table.Column[reproduce.Pairing] {
		return attempt(name, func(a *reproduce.Attempt) table.Field { return table.Number(f(a)) })
	}
	return []table.Column[reproduce.Pairing]{
		of("method", func(p reproduce.Pairing) table.Field { return table.Words(p.Printed.Method) }),
		attempt("cell", func(a *reproduce.Attempt) table.Field { return table.Words(a.Cell.Cell.Name) }),
		attempt("kind", func(a *reproduce.Attempt) table.Field { return table.Words(a.Kind()) }),
		of("claim", func(p reproduce.Pairing) table.Field { return table.Words(p.Claim) }),
		of("published_seconds", func(p reproduce.Pairing) table.Field { return table.Number(p.Method.Seconds) }),
		of("published_runs_mean_seconds", func(p reproduce.Pairing) table.Field { return table.Number(p.RunsMean) }),
		of("published_speedup", func(p reproduce.Pairing) table.Field { return table.Number(p.Method.Speedup.Single()) }),
		of("published_speedup_low", func(p reproduce.Pairing) table.Field { v, _ := p.Method.Speedup.Ends(); return table.Number(v) }),
		of("published_speedup_high", func(p reproduce.Pairing) table.Field { _, v := p.Method.Speedup.Ends(); return table.Number(v) }),
		attempt("trials", func(a *reproduce.Attempt) table.Field { return table.Whole(a.Cell.Trials) }),
		value("mean_seconds", func(a *reproduce.Attempt) estimate.Value { return a.Seconds.Mean }),
		attempt("ci95_low_seconds", func(a *reproduce.Attempt) table.Field { return table.Low(a.Seconds.CI) }),
		attempt("ci95_high_seconds", func(a *reproduce.Attempt) table.Field { return table.High(a.Seconds.CI) }),
		attempt("baseline", func(a *reproduce.Attempt) table.Field { return table.Words(a.BaselineName()) }),
		value("speedup", func(a *reproduce.Attempt) estimate.Value { return a.Speedup.Value }),
		attempt("speedup_ci95_low", func(a *reproduce.Attempt) table.Field { return table.Low(a.Speedup.CI) }),
		attempt("speedup_ci95_high", func(a *reproduce.Attempt) table.Field { return table.High(a.Speedup.CI) }),
		value("corrupt_items", func(a *reproduce.Attempt) estimate.Value { return a.Corrupt }),
		attempt("size_verdict", func(a *reproduce.Attempt) table.Field { return table.Words(a.Size) }),
		attempt("verdict", func(a *reproduce.Attempt) table.Field { return table.Words(a.Outcome) }),
		of("reason", func(p reproduce.Pairing) table.Field {
			if p.Attempt == nil {
				return table.Words(reproduce.NoCell)
			}
			return table.Words(p.Reason)
		}),
	}
}
