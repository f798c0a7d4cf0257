package plot

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
)

// speedupSketches show how the speed-up grows along the axis that the
// experiment wants at the bottom; as rows where that has but one level.
func speedupSketches(src Source) []Sketch {
	d := src.Data
	x := cmp.Or(d.Run.X, experiments.Workers.String())
	var list []Sketch
	for _, g := range d.MeasuredTables() {
		compared := slices.DeleteFunc(slices.Clone(g.Cells), func(s *analysis.Summary) bool {
			return s.IsBaseline() || !s.Speedup.Value.OK
		})
		switch {
		case len(compared) == 0:
		case len(analysis.Levels(x, compared)) < 2:
			list = append(list, speedupRows(d, g, g.Heading, compared)...)
		default:
			list = append(list, speedupLines(d, g, compared, x)...)
		}
	}
	return list
}

func speedupLines(d *analysis.Data, g analysis.Table, compared []*analysis.Summary, x string) []Sketch {
	cells := withBaseline(d, g, compared, x)
	names := lineNames(d, cells, x)
	var list []Sketch
	for _, p := range panels(panel{cells: cells}, names) {
		title := panelTitle(g, p)
		if len(analysis.Levels(x, p.cells)) < 2 { // as of programs, which say nothing of their workers
			rows := slices.DeleteFunc(slices.Clone(p.cells), (*analysis.Summary).IsBaseline)
			list = append(list, speedupRows(d, g, title, rows)...)
			continue
		}
		chart := lineChart{
			title: title + ": speed-up",
			x:     x, cells: p.cells, names: analysis.Without(names, p.fixed...),
			baseline: baselineName(g),
		}
		if x == experiments.Workers.String() && analysis.IsOneWorker(g.Baseline) {
			chart.cpus = d.Run.Machine.CPUs
		}
		if x == experiments.Workers.String() && g.Baseline != nil {
			chart.fits, chart.baselineRate = d.Sweeps, g.Baseline.FilesPerSecond
		}
		list = append(list, Sketch{
			Name: "speedup-" + title,
			Alt:  fmt.Sprintf("%s: speed-up against %s, with 95%% intervals", title, x),
			Draw: chart.draw,
		})
	}
	return list
}

// lineNames are the factors that tell the lines apart.
func lineNames(d *analysis.Data, cells []*analysis.Summary, x string) []string {
	names := analysis.Without(analysis.Varying(d.Factors, cells), x)
	if strategy := experiments.Strategy.String(); !slices.Contains(names, strategy) {
		names = append([]string{strategy}, names...) // a line is never without it
	}
	return names
}

// withBaseline adds the baseline to the cells that it shares a line with, so
// that the line has no hole where it stands. One that shares none stays out: the
// line at 1 says all of it.
func withBaseline(d *analysis.Data, g analysis.Table, compared []*analysis.Summary, x string) []*analysis.Summary {
	base := g.Baseline
	if base == nil || base.Cell.Levels[x] == "" || !base.Speedup.Value.OK {
		return compared
	}
	all := slices.DeleteFunc(slices.Clone(g.Cells), func(s *analysis.Summary) bool {
		return !s.IsBaseline() && !slices.Contains(compared, s)
	})
	names := lineNames(d, all, x)
	own := analysis.Label(base.Cell, names)
	if slices.ContainsFunc(compared, func(s *analysis.Summary) bool { return s.Cell.Levels[x] != "" && analysis.Label(s.Cell, names) == own }) {
		return all
	}
	return compared
}

// baselineName is what the line at 1 stands for.
func baselineName(g analysis.Table) string {
	name := "baseline"
	if g.Baseline != nil {
		name += ": " + g.BaselineLabel + ", " + format.Seconds(g.Baseline.Seconds.Mean)
	}
	return name
}

func speedupRows(d *analysis.Data, g analysis.Table, whole string, cells []*analysis.Summary) []Sketch {
	names := analysis.Naming(d.Factors, cells)
	var list []Sketch
	pages := slices.Collect(slices.Chunk(cells, rowsOfAPicture))
	for i, cells := range pages {
		title := whole + pageOf(i, len(pages))
		chart := cellChart{
			title: title + ": speed-up", axis: "speed-up (times the baseline)", scale: speedupScale(cells, 1),
			reference: analysis.ValueOf(1), referenceName: baselineName(g), estimate: "speed-up",
		}
		for _, s := range cells {
			chart.cells = append(chart.cells, cellRow{label: rowLabel(s, names), value: s.Speedup.Value, interval: s.Speedup.CI, failed: s.Failed > 0})
		}
		list = append(list, Sketch{
			Name: "speedup-" + title,
			Alt:  fmt.Sprintf("%s: speed-up of %s, with 95%% intervals", title, format.Count(len(cells), "cell")),
			Draw: chart.draw,
		})
	}
	return list
}

// speedupScale has room for the baseline and all speed-ups, and for intervals
// or another line up to the value also, unless they would crush the rest.
func speedupScale(cells []*analysis.Summary, also float64) scale {
	values := []float64{1}
	for _, s := range cells {
		values = append(values, s.Speedup.Value.X)
	}
	largest := slices.Max(values)
	values = append(values, max(1, min(also, 1.25*largest)))
	for _, s := range cells {
		if ci := s.Speedup.CI; ci.OK {
			values = append(values, max(s.Speedup.Value.X, min(ci.High, 1.4*largest)))
		}
	}
	return fitting(values)
}

// linesOfAPicture is how many lines can be told apart.
const linesOfAPicture = 8

// A panel is the part of a group that goes into one picture: the cells that
// agree on the fixed factors.
type panel struct {
	cells []*analysis.Summary
	fixed []string
}

// panels splits cells until each part has few enough lines, a line being what
// has the same levels of the factors. It splits by the factor with the fewest
// levels, so that there are few pictures, but by the strategy last: to compare
// strategies is what pictures are for.
func panels(p panel, names []string) []panel {
	names = analysis.Varying(names, p.cells)
	lines, _ := analysis.Partition(p.cells, names)
	if len(lines) <= linesOfAPicture || len(names) == 0 {
		return []panel{p}
	}
	best, fewest := "", 0
	for _, name := range names {
		n := len(analysis.Levels(name, p.cells))
		if name == experiments.Strategy.String() {
			n += len(p.cells) // after all others
		}
		if best == "" || n < fewest {
			best, fewest = name, n
		}
	}
	var list []panel
	keys, parts := analysis.Partition(p.cells, []string{best})
	for _, key := range keys {
		part := panel{cells: parts[key], fixed: append(slices.Clone(p.fixed), best)}
		list = append(list, panels(part, names)...)
	}
	return list
}

// panelTitle is the heading of a group and the levels that a panel fixes.
func panelTitle(g analysis.Table, p panel) string {
	title := g.Heading
	if fixed := analysis.Label(p.cells[0].Cell, p.fixed); fixed != "" {
		title += ", " + fixed
	}
	return title
}
