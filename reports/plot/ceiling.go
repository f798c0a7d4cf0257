package plot

import (
	"slices"

	"iosweep/analysis"
)

// ceilingSketches returns pictures of how much of a limit of the machine each cell reaches. A run
// without known limits has none.
func ceilingSketches(src Source) []Sketch {
	q := quantity{
		name: "part of the limit", file: "ceiling", axis: "part of the measured limit of the machine", short: "part of the limit",
		reference: analysis.ValueOf(1), referenceName: "the measured limit",
		of: func(s *analysis.Summary) (analysis.Value, analysis.Interval) {
			return s.Ceiling.Fraction, s.Ceiling.CI
		},
	}
	var list []Sketch
	for _, g := range src.MergedTables(src.x()) {
		cells := slices.DeleteFunc(slices.Clone(g.Cells), func(s *analysis.Summary) bool { return !s.Ceiling.Fraction.OK })
		list = append(list, src.charts(g, cells, q, src.x())...)
	}
	return list
}
