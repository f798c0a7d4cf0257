package plot

import (
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// speedupSketches returns pictures of the speed-up over the factor of the x axis. If that factor has
// only one level, the pictures have one row per cell.
func speedupSketches(src Source) []Sketch {
	var list []Sketch
	for _, g := range src.MergedTables(src.x()) {
		compared := slices.DeleteFunc(slices.Clone(g.Cells), (*analysis.Summary).IsBaseline)
		list = append(list, src.charts(g, compared, speedupOf(g), src.x())...)
	}
	return list
}

// speedupFile is the start of the names of pictures of speed-ups.
const speedupFile = "speedup"

// speedupOf returns the speed-up as a quantity of the cells of a table.
func speedupOf(g analysis.Table) quantity {
	return quantity{
		name: g.Judge.SpeedupName(), file: speedupFile, axis: g.Judge.SpeedupName() + " (relative to the baseline)", short: "speed-up",
		reference: analysis.ValueOf(1), referenceName: baselineName(g),
		of: func(s *analysis.Summary) (analysis.Value, analysis.Interval) { return s.Speedup.Value, s.Speedup.CI },
	}
}

// charts returns pictures of a quantity: with lines if the cells have several levels of the factor x,
// and with rows if not.
func (src Source) charts(g analysis.Table, cells []*analysis.Summary, q quantity, x string) []Sketch {
	shown := slices.DeleteFunc(slices.Clone(cells), func(s *analysis.Summary) bool { v, _ := q.of(s); return !v.OK })
	switch {
	case len(shown) == 0:
		return nil
	case len(analysis.Levels(x, shown)) < 2:
		return src.rows(g, g.Heading, shown, q)
	}
	cells = withBaseline(src.Data, g, cells, x)
	var list []Sketch
	if len(panel{cells: cells}.lines(lineNames(src.Data, cells, x))) > linesPerPicture { // show cells such as programs without a number of workers as rows
		hasNone := func(s *analysis.Summary) bool { return s.Cell.Levels[x] == "" }
		if rows := slices.DeleteFunc(slices.Clone(shown), func(s *analysis.Summary) bool { return !hasNone(s) }); len(rows) > 0 {
			list = src.rows(g, g.Heading, rows, q)
		}
		cells = slices.DeleteFunc(slices.Clone(cells), hasNone)
	}
	for _, c := range src.lineCharts(g, cells, q, x) {
		list = append(list, Sketch{
			Name:  q.file + "-" + c.title,
			Alt:   fmt.Sprintf("%s: %s by %s, with 95%% intervals", c.title, q.name, x),
			Cells: c.cells(),
			Draw:  c.draw,
		})
	}
	return list
}

// lineCharts returns the charts of lines of cells, as few as possible.
func (src Source) lineCharts(g analysis.Table, cells []*analysis.Summary, q quantity, x string) (list []lineChart) {
	names := lineNames(src.Data, cells, x)
	var pictures [][]panel
	for _, p := range panels(panel{cells: withoutEmptyLines(cells, names, q)}, names) {
		if n := len(pictures); n > 0 && fits(append(slices.Clone(pictures[n-1]), p), names) {
			pictures[n-1] = append(pictures[n-1], p)
		} else {
			pictures = append(pictures, []panel{p})
		}
	}
	for i, group := range pictures {
		c := lineChart{title: g.Heading + pageOf(i, len(pictures)), conditions: g.ConditionsSentence(), quantity: q, x: x, panels: group, all: cells, names: names}
		if len(group) == 1 {
			c.title = group[0].titleIn(g)
		}
		if q.file == speedupFile && g.Judge.IsTime() && x == experiments.Workers.String() && g.Baseline != nil {
			if len(group) == 1 { // small panels have no space for more lines
				c.fits, c.baselineRate = src.Sweeps, g.Baseline.FilesPerSecond
			}
			if analysis.IsOneWorker(g.Baseline) {
				if fewest, most := src.CPUs(g.Cells...); fewest == most {
					c.cpus = most
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// withoutEmptyLines leaves out lines without a value and without a failure, such as skipped programs.
func withoutEmptyLines(cells []*analysis.Summary, names []string, q quantity) []*analysis.Summary {
	_, parts := analysis.Partition(cells, names)
	return slices.DeleteFunc(slices.Clone(cells), func(s *analysis.Summary) bool {
		line := parts[analysis.Label(s.Cell, names)]
		return !slices.ContainsFunc(line, func(s *analysis.Summary) bool { return q.shows(s) || !s.IsSound() })
	})
}

// lineNames returns the factors that distinguish the lines.
func lineNames(d *analysis.Data, cells []*analysis.Summary, x string) []string {
	names := analysis.Without(analysis.Varying(d.Factors, cells), x)
	if strategy := experiments.Strategy.String(); x != strategy && !slices.Contains(names, strategy) {
		names = append([]string{strategy}, names...) // every line shows its strategy
	}
	return names
}

// withBaseline adds the baseline if it is on a line with other cells, so that the line has no gap.
// If it is not, the line at 1 is enough.
func withBaseline(d *analysis.Data, g analysis.Table, compared []*analysis.Summary, x string) []*analysis.Summary {
	base := g.Baseline
	if base == nil || base.Cell.Levels[x] == "" || !base.Speedup.Value.OK || slices.Contains(compared, base) {
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
	if g.BaselineLabel != "" {
		name += ": " + g.BaselineLabel
	}
	if g.Baseline != nil {
		name += ", " + g.Judge.Text(g.Baseline.Judged.Mean)
	}
	return name
}

// rows returns pictures with one row per cell.
func (src Source) rows(g analysis.Table, prefix string, cells []*analysis.Summary, q quantity) []Sketch {
	names := analysis.Naming(src.Factors, cells)
	var list []Sketch
	pages, conditions := src.pages(g, cells)
	for i, cells := range pages {
		title := prefix + pageOf(i, len(pages))
		chart := cellChart{
			title: title + ": " + q.name, conditions: conditions, axis: q.axis, scale: q.scale(cells, 0),
			reference: q.reference, referenceName: q.referenceName, estimate: q.name,
		}
		for _, s := range cells {
			v, interval := q.of(s)
			chart.cells = append(chart.cells, cellRow{label: rowLabel(s, names), value: v, interval: interval, failed: !s.IsSound()})
		}
		list = append(list, Sketch{
			Name:  q.file + "-" + title,
			Alt:   fmt.Sprintf("%s: %s of %s, with 95%% intervals", title, q.name, format.Count(len(cells), "cell")),
			Cells: cells,
			Draw:  chart.draw,
		})
	}
	return list
}

// Limits of one picture. A reader cannot distinguish more lines.
const (
	linesPerPicture  = 8
	panelsPerPicture = 12
)

// A panel is the part of a table in one plot: the cells with the same levels of the fixed factors, and
// the cells without these factors.
type panel struct {
	cells []*analysis.Summary
	fixed []string
	label string // the levels of the fixed factors
}

// titleIn returns the heading of the table and the levels of the fixed factors.
func (p panel) titleIn(g analysis.Table) string {
	if p.label == "" {
		return g.Heading
	}
	return g.Heading + ", " + p.label
}

// lines returns the labels of the lines of a panel.
func (p panel) lines(names []string) []string {
	labels, _ := analysis.Partition(p.cells, analysis.Without(names, p.fixed...))
	return labels
}

// panels splits a panel until no part has more than linesPerPicture lines. A line consists of the
// cells with the same levels of the factors in names.
func panels(p panel, names []string) []panel {
	names = analysis.Varying(names, p.cells)
	if len(p.lines(names)) <= linesPerPicture {
		return []panel{p}
	}
	parts := bestSplit(p, names)
	if parts == nil {
		return []panel{p}
	}
	var list []panel
	for _, part := range parts {
		list = append(list, panels(part, analysis.Without(names, part.fixed...))...)
	}
	return list
}

// bestSplit splits a panel by one factor. It prefers the factor with the fewest levels, so that there
// are few panels. It splits by strategy only if no other factor is enough, because readers want to
// compare strategies within a panel. It returns nil if no factor helps.
func bestSplit(p panel, names []string) (best []panel) {
	fewest := 0
	for _, name := range names {
		parts := p.split(name)
		longest := 0
		for _, part := range parts {
			longest = max(longest, len(part.lines(names)))
		}
		if longest >= len(p.lines(names)) {
			continue
		}
		n := len(parts) * ((longest + linesPerPicture - 1) / linesPerPicture) // about the final number of panels
		switch {                                                              // a penalty is larger than any number of panels without it
		case longest > linesPerPicture:
			n += 2 * len(p.cells)
		case name == experiments.Strategy.String():
			n += len(p.cells)
		}
		if best == nil || n < fewest {
			best, fewest = parts, n
		}
	}
	return best
}

// split returns one panel for each level of a factor. Cells without the factor are in all of them.
func (p panel) split(factor string) (list []panel) {
	for _, level := range analysis.Levels(factor, p.cells) {
		part := panel{fixed: append(slices.Clone(p.fixed), factor)}
		part.label = analysis.Label(journal.Cell{Levels: map[string]string{factor: level}}, []string{factor})
		if p.label != "" {
			part.label = p.label + ", " + part.label
		}
		part.cells = slices.DeleteFunc(slices.Clone(p.cells), func(s *analysis.Summary) bool {
			return s.Cell.Levels[factor] != level && s.Cell.Levels[factor] != ""
		})
		list = append(list, part)
	}
	return list
}

// fits reports whether the panels fit into one picture: its lines have different styles, or each
// panel has only one line.
func fits(group []panel, names []string) bool {
	var labels []string
	single := true
	for _, p := range group {
		lines := p.lines(names)
		labels, single = append(labels, lines...), single && len(lines) == 1
	}
	slices.Sort(labels)
	return len(group) <= panelsPerPicture && (single || len(slices.Compact(labels)) <= linesPerPicture)
}
