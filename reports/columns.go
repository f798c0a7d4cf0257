package reports

import (
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/reports/table"
)

// axisColumns are the columns of the built-in axes, in their order, and of
// those that the experiment invented. Of the axes only `files` is missing: its
// column is that of the count, further on.
func axisColumns[Row any](run journal.Run, cellOf func(Row) journal.Cell) []table.Column[Row] {
	var list []table.Column[Row]
	add := func(axis, column string) {
		list = append(list, table.New(column, "", func(r Row) table.Value { return level(cellOf(r), axis) }))
	}
	for _, a := range experiments.Axes() {
		if a != experiments.Files {
			add(a.String(), a.String())
		}
	}
	custom := analysis.CustomAxes(run.Cells)
	for i, name := range customColumns(custom) {
		add(custom[i], name)
	}
	return list
}

// customColumns are the columns of invented axes: their own names, prefixed if
// another column is called so in trials.csv, summary.csv or details.csv, for an axis
// is to have the same column in all, and in JSON the last two are one object.
func customColumns(axes []string) []string {
	var names []string
	for _, name := range axes {
		for isReserved(name) || slices.Contains(names, name) {
			name = "axis_" + name
		}
		names = append(names, name)
	}
	return names
}

// isReserved reports whether a name is a column that does not come from an axis
// that the experiment invented.
func isReserved(name string) bool {
	return slices.ContainsFunc(trialFields(), func(c table.Column[trialRow]) bool { return c.Name == name }) ||
		slices.ContainsFunc(slices.Concat(summaryFields(), detailFields()), func(c table.Column[*analysis.Summary]) bool { return c.Name == name })
}

func level(c journal.Cell, a string) table.Value { return table.Value{Text: c.Levels[a]} }

// low and high are the ends of an interval.
func low(i analysis.Interval) table.Value  { v, _ := i.Bounds(); return table.Number(v) }
func high(i analysis.Interval) table.Value { _, v := i.Bounds(); return table.Number(v) }

// pointer is a number that may be unknown.
func pointer(x *float64) table.Value {
	if x == nil {
		return table.Value{Number: true}
	}
	return table.Number(analysis.ValueOf(*x))
}

// keys are the columns that name a row by factors of its cell.
func keys[Row any](factors []string, cellOf func(Row) journal.Cell) []table.Column[Row] {
	list := make([]table.Column[Row], len(factors))
	for i, name := range factors {
		list[i] = table.Text(name, 0, func(r Row) string { return cellOf(r).Levels[name] })
	}
	return list
}
