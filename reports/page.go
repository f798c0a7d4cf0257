package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/html"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// writeHTML writes report.html, for people. Package html shows it; this file selects its content.
func writeHTML(w io.Writer, d *Content) error {
	p := &html.Page{
		Title: oneline.Of(runTitle(&d.Run)), Description: d.Run.Description, Run: append(planSentences(d), oneline.Of(machineSentence(d.Data))),
		Overview: d.Overview.Sentences, Extremes: extremesTable(d),
		Warnings: d.Warnings, Troubles: troublesTable(d), Effects: effectsTable(d), Scaling: scalingTable(d), Nodes: nodesSection(d),
		Environment: environment(d), Experiment: html.Highlight(d.Run.Origin.Source), Next: nextCommands(d), Commands: commands(d), Reading: readingItems(d),
	}
	if flags := overrideFlags(d.Run); len(flags) > 0 {
		p.Run = append(p.Run, "Overrides of the experiment file: "+strings.Join(flags, ", ")+".")
	}
	if d.Published != nil {
		p.Published = publishedSection(d)
	}
	names := columnNames(d)
	for _, g := range d.Tables {
		p.Tables = append(p.Tables, cellsTable(d, g, names))
	}
	p.Pictures, p.Omitted = pagePictures(d.Pictures, func(kind string) bool { return kind != plot.Published })
	p.Cells, p.Trials = cellData(d, names), trialData(d)
	p.Settings = settings(d, names)
	return html.Write(w, p)
}

// columnNames returns the name of the column of each axis, as the page shows it.
func columnNames(d *Content) map[string]string {
	names := map[string]string{}
	for _, axis := range d.Factors {
		names[axis] = oneline.Of(axis)
	}
	custom := analysis.CustomAxes(d.Run.Cells)
	for i, name := range customColumns(d.Run, custom) {
		names[custom[i]] = oneline.Of(name)
	}
	return names
}

// cellsTable returns a table with all its cells.
func cellsTable(d *Content, g analysis.Table, names map[string]string) html.Table {
	t := html.Table{Heading: g.Heading}
	if !g.Measured {
		t.Before = []string{nothingMeasured}
		return t
	}
	t.Before = append(t.Before, answers(d, g)...)
	if conditions := g.ConditionsSentence(); conditions != "" {
		t.Before = append(t.Before, conditions+".")
	}
	switch b := g.Baseline; {
	case b == nil:
	case b.Seconds.N == 0:
		t.Before = append(t.Before, fmt.Sprintf("The baseline %s has no good trial, so there are no speed-ups.", b.Cell.Name))
	default:
		t.Before = append(t.Before, fmt.Sprintf("The baseline of the %s is %s, with a mean %s of %s (median %s, %s).",
			g.Judge.SpeedupsName(), b.Cell.Name, g.Judge.Name(), b.Judged.MeanText(), b.Judged.MedianText(), format.Count(b.Seconds.N, "good trial")))
	}
	t.Sheet = summarySheet(d.Run, g.Factors, g.Cells)
	if best := slices.Index(g.Cells, g.Best()); best >= 0 {
		t.Sheet.Embolden(best)
		t.After = []string{"The " + g.Judge.Best() + " cell is bold."}
	}
	for i := range t.Sheet.Heads {
		if h := &t.Sheet.Heads[i]; h.Key {
			h.Name = names[h.Title]
		}
	}
	for _, s := range g.Cells {
		t.Cells = append(t.Cells, s.Index)
	}
	return t
}

// publishedSection returns the comparison with the published table.
func publishedSection(d *Content) *html.Published {
	r := d.Published
	pictures, _ := pagePictures(d.Pictures, func(kind string) bool { return kind == plot.Published })
	counts := r.OutcomeCounts()
	if conditions := r.Conditions.Sentence(); conditions != "" {
		counts = append([]string{conditions + "."}, counts...)
	}
	return &html.Published{
		Source: origin(r, d.Machine()), Counts: counts, Findings: r.Findings, Reasons: r.Reasons(),
		Table:    html.Table{Heading: "Published and measured", Sheet: publishedSheet(r), Fixed: true},
		Pictures: pictures,
	}
}

// extremesTable returns the fastest and the slowest cell of each table, or nil if the sentences of
// the overview name them.
func extremesTable(d *Content) *html.Table {
	list := d.Overview.Extremes
	if len(list) == 0 {
		return nil
	}
	t := &html.Table{Heading: "The " + d.Judge.Best() + " and the " + d.Judge.Worst() + " cell of each table", Sheet: extremesSheet(list)}
	for _, e := range list {
		t.Links = append(t.Links, slices.IndexFunc(d.Tables, func(g analysis.Table) bool { return g.Cells[0] == e.Table.Cells[0] }))
	}
	return t
}

// scalingTable returns the table of the sweeps that the scaling law describes, or nil if there is no
// sweep.
func scalingTable(d *Content) *html.Table {
	if len(d.Sweeps) == 0 {
		return nil
	}
	shown := slices.DeleteFunc(slices.Clone(d.Sweeps), func(s analysis.Sweep) bool { return !s.IsDescribed() })
	t := &html.Table{Heading: "Fits of the scaling law", Before: []string{plain(scalingText())}, Sheet: scalingSheet(d, shown)}
	if left := len(d.Sweeps) - len(shown); left > 0 {
		t.After = []string{undescribed(left, "scaling.csv")}
	}
	return t
}

// troublesTable returns the table of cells that are not ok, or nil if there are none.
func troublesTable(d *Content) *html.Table {
	t := d.Troubles
	switch {
	case len(t.Groups) == 0:
		return nil
	case t.Status != "":
		return &html.Table{Before: []string{fmt.Sprintf("All %s are %s: %s", format.Count(len(d.Cells()), "cell"), t.Status, format.OneLine(t.Reason))}}
	}
	type row = analysis.Trouble
	text := table.Text[row]
	columns := []table.Column[row]{
		text("status", 1, func(g row) string { return string(g.Cells[0].Status) }).Left(),
		text("trials", 1, func(g row) string { return format.Thousands(int64(g.Trials)) }),
		text("failed", 1, func(g row) string { return format.Thousands(int64(g.Failed)) }),
		text("reason", 1, func(g row) string { return format.OneLine(g.Reason) }).Left(),
	}
	key := text("cell", 0, func(g row) string { return g.Name() })
	groups, omitted := t.Shown()
	section := &html.Table{Heading: "Failed, skipped and incomplete cells", Sheet: table.Of([]table.Column[row]{key}, columns, groups)}
	for _, g := range groups {
		section.Cells = append(section.Cells, g.Cells[0].Index)
	}
	if omitted > 0 {
		section.After = []string{fmt.Sprintf("%s more: the tables above show all of them.", format.Count(omitted, "cell"))}
	}
	return section
}

// maxPictureBytes limits the pictures of a page. A picture of a large table has 40 KB.
const maxPictureBytes = 500_000

// pagePictures returns the pictures of the wanted kinds, up to a limit, and the number of the others.
// The first picture of each kind comes before the second of any kind.
func pagePictures(pictures []plot.Picture, wanted func(kind string) bool) (list []html.Picture, omitted int) {
	place := map[string]int{} // within its kind
	type ranked struct{ index, place int }
	var order []ranked
	for i, p := range pictures {
		if wanted(p.Kind) {
			order = append(order, ranked{i, place[p.Kind]})
			place[p.Kind]++
		}
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return cmp.Compare(a.place, b.place) })
	left := maxPictureBytes
	fits := slices.DeleteFunc(slices.Clone(order), func(r ranked) bool {
		size := len(pictures[r.index].SVG)
		if size > left {
			return true
		}
		left -= size
		return false
	})
	omitted = len(order) - len(fits)
	slices.SortFunc(fits, func(a, b ranked) int { return cmp.Compare(a.index, b.index) })
	for _, r := range fits {
		list = append(list, html.Picture{Image: template.HTML(pictures[r.index].SVG)})
	}
	return list, omitted
}

// environment describes the machine and the programs of a run. It leaves out unknown values.
func environment(d *Content) (facts []html.Fact) {
	r, m := &d.Run, d.Machine()
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, html.Fact{Name: name, Value: oneline.Of(value)})
		}
	}
	add("Started", format.Moment(r.StartedAt))
	if n := len(r.Nodes); n > 1 {
		add("Nodes", fmt.Sprintf("%d; the facts of the machine below are the same on all of them", n))
	}
	add("Host", m.Host)
	add("System", strings.TrimSpace(m.OS+" "+m.Kernel))
	add("Processor", m.CPUModel)
	if m.CPUs > 0 {
		add("Usable cpus", format.Thousands(int64(m.CPUs)))
	}
	add("Governor", m.Governor)
	if m.Memory > 0 {
		add("Memory", format.Bytes(analysis.ValueOf(float64(m.Memory))))
	}
	add("Workspace", strings.Join(r.Workspaces, ", "))
	add("File system", m.Filesystem)
	add("Mount options", m.Mount)
	add("iosweep", r.Iosweep)
	add("Go", r.Go)
	for i := range d.Interpreters {
		add("Python interpreter", interpreterText(&d.Interpreters[i]))
	}
	for _, s := range r.Sources {
		add("Revision", sourceText(s))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Programs)) {
		path := r.Programs[name]
		if text := analysis.ProgramText(r, name, 64); text != "" {
			path += " (" + text + ")"
		}
		add("Program "+name, path)
	}
	for i := range r.Versions {
		if v := &r.Versions[i]; r.Programs[v.Name()] == "" || v.Problem != "" {
			add("Version of "+v.Name(), v.Line())
		}
	}
	add("Identifier of the run", r.ID)
	add("Plan hash", r.PlanHash)
	return facts
}

// commands returns the command lines that reproduce a run, and the one that continues an incomplete run.
func commands(d *Content) (list []html.Command) {
	r := &d.Run
	if slices.ContainsFunc(d.Cells(), func(s *analysis.Summary) bool { return s.Status == analysis.StatusIncomplete && !s.Cell.Retired }) {
		list = []html.Command{{Does: "Continue this run, which is incomplete, in its results directory:", Line: "iosweep resume DIR"}}
		if d.Nodes != nil {
			list = []html.Command{{Does: "Submit the missing shards of this sweep, and merge it when they are done:", Line: "iosweep submit DIR\niosweep merge DIR"}}
		}
	}
	line := analysis.RunCommand(r)
	for _, only := range r.Only {
		line += " --only " + oneline.ForShell(only)
	}
	source := "Save the experiment file above as " + filepath.Base(filepath.ToSlash(r.Origin.File)) + ", and run it:"
	switch {
	case r.Origin.Source == "":
		source = "Run the experiment file. The journal of this old run does not contain it:"
	case r.Origin.Bundle != "":
		source = "Run the experiment of the bundle:"
	case r.Origin.File == "":
		source = "Run the built-in experiment:"
	}
	return append(list,
		html.Command{Does: source, Line: line},
		html.Command{Does: "Compare the results directory of this run (BASE) with a new one:", Line: "iosweep compare BASE NEW"},
		html.Command{Does: "Make every report of a results directory again from its journal:", Line: "iosweep report DIR"},
	)
}

// nextCommands returns the command lines that would answer open questions.
func nextCommands(d *Content) (list []html.Command) {
	for _, n := range d.Next {
		list = append(list, html.Command{Does: n.Sentence(), Line: n.Command})
	}
	return list
}

// cellData returns the columns of summary.csv and details.csv, without the variance, which is the
// square of another column, and without programs, which the environment has. To limit the size of the page,
// it has no p values of tails. The last column is the heading of the cell's table.
func cellData(d *Content, names map[string]string) html.Data {
	columns := slices.Concat(summaryColumns(d.Run), judgedColumns(d.Run, detailFields()))
	columns = slices.DeleteFunc(columns, func(c table.Column[*analysis.Summary]) bool {
		return c.Name == "variance_seconds2" || c.Name == "programs" || isTail(c.Name) && strings.Contains(c.Name, "_p_")
	})
	data := html.DataOf(columns, d.Cells())
	for i := range data.Columns {
		if c := &data.Columns[i]; isTail(c.Name) {
			c.Digits = 3
		}
	}
	setMetrics(&d.Run, data)
	for axis, name := range names {
		for i := range data.Columns {
			if c := &data.Columns[i]; c.Name == name && c.Doc == "" {
				c.SetAxis(analysis.Levels(axis, d.Cells()), func(level string) string { return analysis.LevelText(axis, level) })
			}
		}
	}
	if !slices.ContainsFunc(data.Columns, func(c html.Column) bool { return c.Name == html.HeadingColumn }) {
		headings := make([]string, len(d.Summaries))
		for _, g := range d.Tables {
			for _, s := range g.Cells {
				headings[s.Index] = g.Heading
			}
		}
		data.Add(html.HeadingColumn, headings)
	}
	return data
}

// trialData returns the columns of trials.csv, sorted by cell. A reader of the page needs no
// absolute times. The cell is an index, and its name and its levels are in cellData.
func trialData(d *Content) html.Data {
	rows := make([]trialRow, len(d.Trials))
	for i := range rows {
		rows[i] = trialRow{Trial: &d.Trials[i]}
	}
	slices.SortStableFunc(rows, func(a, b trialRow) int { return cmp.Compare(a.Trial.Cell, b.Trial.Cell) })
	fields := trialFields()
	at := slices.IndexFunc(fields, func(c table.Column[trialRow]) bool { return c.Name == "seconds" })
	columns := slices.DeleteFunc(append(slices.Insert(fields, at, trialMetrics(d.Run)...), trialNode(d.Run)...), func(c table.Column[trialRow]) bool {
		return slices.Contains([]string{"cell", "started_at", "work_seconds", "first_done_seconds", "latency_p90_seconds"}, c.Name)
	})
	index := table.New("cell", "", func(r trialRow) table.Value { return table.Whole(r.Cell) })
	data := html.DataOf(append(columns, index), rows)
	setMetrics(&d.Run, data)
	for i := range data.Columns {
		if c := &data.Columns[i]; c.Name == "seconds" {
			c.Digits = 6
		} else if strings.HasSuffix(c.Name, "_seconds") || strings.HasSuffix(c.Name, "_bytes") {
			c.Digits = 3
		}
	}
	return data
}

// setMetrics sets the metrics of the columns with their values and means.
func setMetrics(run *journal.Run, data html.Data) {
	for _, m := range run.Metrics {
		for i := range data.Columns {
			c := &data.Columns[i]
			if end, ok := strings.CutPrefix(c.Name, "metric_"+m.Name); ok && slices.Contains([]string{"", "_mean", "_ci95_low", "_ci95_high"}, end) {
				c.Figure, c.Unit, c.Better = m.Name, m.Unit, m.Better
			}
		}
	}
}

func settings(d *Content, names map[string]string) html.Settings {
	s := html.Settings{X: names[d.Run.X], Run: oneline.Of(analysis.RunCommand(&d.Run)), Programs: map[string]string{}}
	switch key := d.Judge.Key(); {
	case d.Judge.IsTail():
		s.Judge = &html.Judge{Name: d.Judge.Name(), Trial: key + "_seconds", Mean: key + "_mean_seconds"}
	case !d.Judge.IsTime():
		s.Judge = &html.Judge{Name: d.Judge.Name(), Trial: "metric_" + key, Mean: "metric_" + key + "_mean"}
	}
	for _, axis := range analysis.Varying(d.Factors, d.Cells()) {
		if axis != experiments.Files.String() {
			s.Axes = append(s.Axes, html.AxisOf{Axis: oneline.Of(axis), Column: names[axis]})
		}
	}
	for _, c := range d.Run.Commands {
		words := make([]string, 0, len(c.Env)+len(c.Run))
		for _, word := range slices.Concat(c.Env, c.Run) {
			words = append(words, oneline.ForShell(word))
		}
		s.Programs[oneline.Of(c.Operation+"/"+c.Name)] = oneline.Of(strings.Join(words, " "))
	}
	return s
}

// readingItems returns the explanations of report.md, and the footnotes.
func readingItems(d *Content) (list []template.HTML) {
	for item := range strings.SplitSeq(strings.TrimPrefix(readingText(d), "- "), "\n- ") {
		list = append(list, emphasised(plain(item)))
	}
	for _, note := range d.Footnotes {
		list = append(list, template.HTML(template.HTMLEscapeString(note)))
	}
	return list
}

// plain joins the lines of a text.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// emphasised returns a text of ours with the markup ** of Markdown as HTML.
func emphasised(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(text, "**") {
		if i%2 == 1 {
			part = "<strong>" + template.HTMLEscapeString(part) + "</strong>"
		} else {
			part = template.HTMLEscapeString(part)
		}
		b.WriteString(part)
	}
	return template.HTML(b.String())
}
