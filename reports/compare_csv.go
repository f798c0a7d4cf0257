package reports

import (
	"io"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A comparison is what the tables of a comparison are made from.
type comparison struct{ *Comparison }

// WriteComparisonCSV writes one row for each cell of either run.
func WriteComparisonCSV(w io.Writer, of *Comparison) error {
	c := comparison{of}
	return writeCSV(w, c.columns(), c.Contrasts)
}

// columns is the layout of the table, axes included.
func (c comparison) columns() []column[*Contrast] {
	fields := c.fields()
	both := journal.Run{Cells: slices.Concat(c.Base.Run.Cells, c.New.Run.Cells)}
	axes := axisColumns(both, func(x *Contrast) journal.Cell { return x.cell().Cell })
	for i := range axes {
		// An axis that the experiment invented may be called like a column of this table.
		others := slices.Concat(fields, axes[:i], axes[i+1:])
		for slices.ContainsFunc(others, func(o column[*Contrast]) bool { return o.name == axes[i].name }) {
			axes[i].name = "axis_" + axes[i].name
		}
	}
	return slices.Concat(fields[:1], axes, fields[1:])
}

// fields are the columns that are no axis; the first stands before the axes.
func (c comparison) fields() []column[*Contrast] {
	of := newColumn[*Contrast]
	value := func(name string, f func(*Contrast) estimate.Value) column[*Contrast] {
		return of(name, func(x *Contrast) field { return number(f(x)) })
	}
	base := func(x *Contrast) *Summary { return x.Base }
	next := func(x *Contrast) *Summary { return x.New }
	trials := func(name string, side func(*Contrast) *Summary) column[*Contrast] {
		return of(name, func(x *Contrast) field {
			if side(x) == nil {
				return field{number: true}
			}
			return whole(side(x).Seconds.N)
		})
	}
	figure := func(name string, side func(*Contrast) *Summary, f func(estimate.Sample) estimate.Value) column[*Contrast] {
		return value(name, func(x *Contrast) estimate.Value {
			if side(x) == nil {
				return estimate.Value{}
			}
			return f(side(x).Seconds)
		})
	}
	mean := func(s estimate.Sample) estimate.Value { return s.Mean }
	median := func(s estimate.Sample) estimate.Value { return s.Median }
	return []column[*Contrast]{
		of("cell", func(x *Contrast) field { return words(x.Name()) }),
		of("files", func(x *Contrast) field { return whole(x.cell().Cell.Files) }),
		of("bytes", func(x *Contrast) field { return whole(x.cell().Cell.Bytes) }),
		trials("base_trials", base),
		trials("new_trials", next),
		figure("base_mean_seconds", base, mean),
		figure("new_mean_seconds", next, mean),
		figure("base_median_seconds", base, median),
		figure("new_median_seconds", next, median),
		value("change", (*Contrast).Change),
		value("speedup", func(x *Contrast) estimate.Value { return x.Speedup.Value }),
		of("speedup_ci95_low", func(x *Contrast) field { return low(x.Speedup.CI) }),
		of("speedup_ci95_high", func(x *Contrast) field { return high(x.Speedup.CI) }),
		value("p_value", c.pValue),
		value("p_welch", c.pWelch),
		value("p_adjusted", func(x *Contrast) estimate.Value { return x.Adjusted }),
		of("test", func(x *Contrast) field { return words(c.testFor(x)) }),
		of("verdict", func(x *Contrast) field { return words(x.Verdict) }),
		of("status", func(x *Contrast) field { return words(x.Standing) }),
		of("reason", func(x *Contrast) field { return words(x.Reason) }),
	}
}
