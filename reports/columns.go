package reports

import (
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/reports/table"
)

// axisColumns returns the columns of the built-in axes, in their order, and then of the
// custom axes of the experiment. It leaves out the axis `files`, because a later column has
// the number of files.
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
	for i, name := range customColumns(run, custom) {
		add(custom[i], name)
	}
	return list
}

// customColumns returns the column names of custom axes. It adds the prefix "axis_" if
// trials.csv, summary.csv, details.csv or nodes.csv already has a column of that name. It checks
// all of them, because an axis must have the same column name in each file, and because JSON merges
// the columns of summary.csv and details.csv into one object.
func customColumns(run journal.Run, axes []string) []string {
	var names []string
	for _, name := range axes {
		for isReserved(run, name) || slices.Contains(names, name) {
			name = "axis_" + name
		}
		names = append(names, name)
	}
	return names
}

// isReserved reports whether trials.csv, summary.csv, details.csv or nodes.csv has a column of this name
// that is not an axis.
func isReserved(run journal.Run, name string) bool {
	isNode := func(c table.Column[analysis.NodeResult]) bool { return c.Name == name }
	return len(run.Nodes) > 0 && slices.ContainsFunc(nodeFields(), isNode) || slices.ContainsFunc(append(trialFields(), trialMetrics(run)...), func(c table.Column[trialRow]) bool { return c.Name == name }) ||
		slices.ContainsFunc(slices.Concat(summaryFields(), detailFields(), summaryMetrics(run)), func(c table.Column[*analysis.Summary]) bool { return c.Name == name })
}

func level(c journal.Cell, a string) table.Value { return table.Value{Text: c.Levels[a]} }

// low and high return the ends of an interval.
func low(i analysis.Interval) table.Value  { v, _ := i.Bounds(); return table.Number(v) }
func high(i analysis.Interval) table.Value { _, v := i.Bounds(); return table.Number(v) }

// pointer returns a number, or an empty value for nil, which means unknown.
func pointer(x *float64) table.Value {
	if x == nil {
		return table.Value{Number: true}
	}
	return table.Number(analysis.ValueOf(*x))
}

// keys returns the columns that identify a row: one for each factor of its cell.
func keys[Row any](factors []string, cellOf func(Row) journal.Cell) []table.Column[Row] {
	list := make([]table.Column[Row], len(factors))
	for i, name := range factors {
		list[i] = table.Text(name, 0, func(r Row) string { return analysis.LevelText(name, cellOf(r).Levels[name]) })
	}
	return list
}
