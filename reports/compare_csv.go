package reports

import (
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports/table"
)

// A comparison is what the tables of a comparison are made from.
type comparison struct{ *compare.Comparison }

// WriteComparisonCSV writes one row for each cell of either run.
func WriteComparisonCSV(w io.Writer, of *compare.Comparison) error {
	c := comparison{of}
	return table.WriteCSV(w, c.columns(), c.Contrasts)
}

// columns is the layout of the table, axes included.
func (c comparison) columns() []table.Column[*compare.Contrast] {
	fields := c.fields()
	both := journal.Run{Cells: slices.Concat(c.Base.Run.Cells, c.New.Run.Cells)}
	axes := axisColumns(both, func(x *compare.Contrast) journal.Cell { return x.Cell().Cell })
	for i := range axes {
		// An axis that the experiment invented may be called like a column of this table.
		others := slices.Concat(fields, axes[:i], axes[i+1:])
		for slices.ContainsFunc(others, func(o table.Column[*compare.Contrast]) bool { return o.Name == axes[i].Name }) {
			axes[i].Name = "axis_" + axes[i].Name
		}
	}
	return slices.Concat(fields[:1], axes, fields[1:])
}

// fields are the columns that are no axis; the first stands before the axes.
func (c comparison) fields() []table.Column[*compare.Contrast] {
	of := table.NewColumn[*compare.Contrast]
	value := func(name string, f func(*compare.Contrast) estimate.Value) table.Column[*compare.Contrast] {
		return of(name, func(x *compare.Contrast) table.Field { return table.Number(f(x)) })
	}
	base := func(x *compare.Contrast) *analysis.Summary { return x.Base }
	next := func(x *compare.Contrast) *analysis.Summary { return x.New }
	trials := func(name string, side func(*compare.Contrast) *analysis.Summary) table.Column[*compare.Contrast] {
		return of(name, func(x *compare.Contrast) table.Field {
			if side(x) == nil {
				return table.Field{Number: true}
			}
			return table.Whole(side(x).Seconds.N)
		})
	}
	figure := func(name string, side func(*compare.Contrast) *analysis.Summary, f func(estimate.Sample) estimate.Value) table.Column[*compare.Contrast] {
		return value(name, func(x *compare.Contrast) estimate.Value {
			if side(x) == nil {
				return estimate.Value{}
			}
			return f(side(x).Seconds)
		})
	}
	mean := func(s estimate.Sample) estimate.Value { return s.Mean }
	median := func(s estimate.Sample) estimate.Value { return s.Median }
	return []table.Column[*compare.Contrast]{
		of("cell", func(x *compare.Contrast) table.Field { return table.Words(x.Name()) }),
		of("files", func(x *compare.Contrast) table.Field { return table.Whole(x.Cell().Cell.Files) }),
		of("bytes", func(x *compare.Contrast) table.Field { return table.Whole(x.Cell().Cell.Bytes) }),
		trials("base_trials", base),
		trials("new_trials", next),
		figure("base_mean_seconds", base, mean),
		figure("new_mean_seconds", next, mean),
		figure("base_median_seconds", base, median),
		figure("new_median_seconds", next, median),
		value("change", (*compare.Contrast).Change),
		value("speedup", func(x *compare.Contrast) estimate.Value { return x.Speedup.Value }),
		of("speedup_ci95_low", func(x *compare.Contrast) table.Field { return table.Low(x.Speedup.CI) }),
		of("speedup_ci95_high", func(x *compare.Contrast) table.Field { return table.High(x.Speedup.CI) }),
		value("p_value", c.PValue),
		value("p_welch", c.PWelch),
		value("p_adjusted", func(x *compare.Contrast) estimate.Value { return x.Adjusted }),
		of("test", func(x *compare.Contrast) table.Field { return table.Words(c.TestFor(x)) }),
		of("verdict", func(x *compare.Contrast) table.Field { return table.Words(x.Verdict) }),
		of("status", func(x *compare.Contrast) table.Field { return table.Words(x.Standing) }),
		of("reason", func(x *compare.Contrast) table.Field { return table.Words(x.Reason) }),
	}
}
