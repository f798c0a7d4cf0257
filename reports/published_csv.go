package reports

import (
	"io"

	"iosweep/internal/estimate"
)

// publishedCSV is published.csv: one row per published row and cell that does
// what it says. A published row without such a cell has one, with no cell.
type publishedCSV struct{}

var _ Report = publishedCSV{}

func (publishedCSV) Name() string      { return "published" }
func (publishedCSV) Extension() string { return "csv" }

func (publishedCSV) Write(w io.Writer, d *Content) error {
	return writeCSV(w, publishedColumns(), d.Published.pairings())
}

// publishedColumns is the layout of published.csv.
func publishedColumns() []column[pairing] {
	of := newColumn[pairing]
	// attempt is a column that is empty where no cell does what the row says.
	attempt := func(name string, f func(*Attempt) field) column[pairing] {
		return of(name, func(p pairing) field {
			if p.Attempt == nil {
				return field{}
			}
			return f(p.Attempt)
		})
	}
	value := func(name string, f func(*Attempt) estimate.Value) column[pairing] {
		return attempt(name, func(a *Attempt) field { return number(f(a)) })
	}
	return []column[pairing]{
		of("method", func(p pairing) field { return words(p.Printed.Method) }),
		attempt("cell", func(a *Attempt) field { return words(a.Cell.Cell.Name) }),
		attempt("kind", func(a *Attempt) field { return words(a.kind()) }),
		of("claim", func(p pairing) field { return words(p.Claim) }),
		of("published_seconds", func(p pairing) field { return number(p.Method.Seconds) }),
		of("published_runs_mean_seconds", func(p pairing) field { return number(p.RunsMean) }),
		of("published_speedup", func(p pairing) field { return number(p.Method.Speedup.single()) }),
		of("published_speedup_low", func(p pairing) field { v, _ := p.Method.Speedup.ends(); return number(v) }),
		of("published_speedup_high", func(p pairing) field { _, v := p.Method.Speedup.ends(); return number(v) }),
		attempt("trials", func(a *Attempt) field { return whole(a.Cell.Trials) }),
		value("mean_seconds", func(a *Attempt) estimate.Value { return a.Seconds.Mean }),
		attempt("ci95_low_seconds", func(a *Attempt) field { return low(a.Seconds.CI) }),
		attempt("ci95_high_seconds", func(a *Attempt) field { return high(a.Seconds.CI) }),
		attempt("baseline", func(a *Attempt) field { return words(a.baselineName()) }),
		value("speedup", func(a *Attempt) estimate.Value { return a.Speedup.Value }),
		attempt("speedup_ci95_low", func(a *Attempt) field { return low(a.Speedup.CI) }),
		attempt("speedup_ci95_high", func(a *Attempt) field { return high(a.Speedup.CI) }),
		value("corrupt_items", func(a *Attempt) estimate.Value { return a.Corrupt }),
		attempt("size_verdict", func(a *Attempt) field { return words(a.Size) }),
		attempt("verdict", func(a *Attempt) field { return words(a.Outcome) }),
		of("reason", func(p pairing) field {
			if p.Attempt == nil {
				return words(noCell)
			}
			return words(p.Reason)
		}),
	}
}
