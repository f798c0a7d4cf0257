package plot

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
)

// speedupSketches returns pictures of the speed-up over the factor that the experiment chooses for
// the x axis. If that factor has only one level, the pictures have one row per cell.
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
		if len(analysis.Levels(x, p.cells)) < 2 { // such as programs that have no number of workers
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
			Alt:  fmt.Sprintf("%s: speed-up by %s, with 95%% intervals", title, x),
			Draw: chart.draw,
		})
	}
	return list
}

// lineNames returns the factors that distinguish the lines.
func lineNames(d *analysis.Data, cells []*analysis.Summary, x string) []string {
	names := analysis.Without(analysis.Varying(d.Factors, cells), x)
	if strategy := experiments.Strategy.String(); !slices.Contains(names, strategy) {
		names = append([]string{strategy}, names...) // every line shows its strategy
	}
	return names
}

// withBaseline adds the baseline if it is on a line with other cells, so that the line has no gap.
// If it is not, the line at 1 is enough.
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

// baselineName returns the legend of the line at 1.
func baselineName(g analysis.Table) string {
	name := "baseline"
	if g.Baseline != nil {
		name += ": " + g.BaselineLabel + ", " + format.Seconds(g.Baseline.Seconds.Mean)
	}
	return name
}

// speedupRows returns pictures with one row per cell.
func speedupRows(d *analysis.Data, g analysis.Table, prefix string, cells []*analysis.Summary) []Sketch {
	names := analysis.Naming(d.Factors, cells)
	var list []Sketch
	pages := slices.Collect(slices.Chunk(cells, rowsPerPicture))
	for i, cells := range pages {
		title := prefix + pageOf(i, len(pages))
		chart := cellChart{
			title: title + ": speed-up", axis: "speed-up (relative to the baseline)", scale: speedupScale(cells, 1),
			reference: analysis.ValueOf(1), referenceName: baselineName(g), estimate: "speed-up",
		}
		for _, s := range cells {
			chart.cells = append(chart.cells, cellRow{label: rowLabel(s, names), value: s.Speedup.Value, interval: s.Speedup.CI, failed: !s.IsSound()})
		}
		list = append(list, Sketch{
			Name: "speedup-" + title,
			Alt:  fmt.Sprintf("%s: speed-up of %s, with 95%% intervals", title, format.Count(len(cells), "cell")),
			Draw: chart.draw,
		})
	}
	return list
}

// speedupScale returns a scale that shows the baseline and all speed-ups. line is the largest value
// of another line in the picture. The scale shows that line and whole intervals only if they leave
// enough space for the rest.
func speedupScale(cells []*analysis.Summary, line float64) scale {
	values := []float64{1}
	for _, s := range cells {
		values = append(values, s.Speedup.Value.X)
	}
	largest := slices.Max(values)
	values = append(values, max(1, min(line, 1.25*largest)))
	for _, s := range cells {
		if ci := s.Speedup.CI; ci.OK {
			values = append(values, max(s.Speedup.Value.X, min(ci.High, 1.4*largest)))
		}
	}
	return fromZero(values)
}

// linesPerPicture is the number of lines that a reader can distinguish.
const linesPerPicture = 8

// A panel is the part of a table in one picture: the cells with the same levels of the fixed
// factors.
type panel struct {
	cells []*analysis.Summary
	fixed []string
}

// panels splits a panel until no part has more than linesPerPicture lines. A line consists of the
// cells with the same levels of the factors in names. It splits by the factor with the fewest levels
// first, so that there are few pictures. It splits by strategy last, because readers want to
// compare strategies within a picture.
func panels(p panel, names []string) []panel {
	names = analysis.Varying(names, p.cells)
	lines, _ := analysis.Partition(p.cells, names)
	if len(lines) <= linesPerPicture || len(names) == 0 {
		return []panel{p}
	}
	best, fewest := "", 0
	for _, name := range names {
		n := len(analysis.Levels(name, p.cells))
		if name == experiments.Strategy.String() {
			n += len(p.cells) // larger than any number of levels
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

// panelTitle returns the heading of the table and the levels of the fixed factors.
func panelTitle(g analysis.Table, p panel) string {
	title := g.Heading
	if fixed := analysis.Label(p.cells[0].Cell, p.fixed); fixed != "" {
		title += ", " + fixed
	}
	return title
}
