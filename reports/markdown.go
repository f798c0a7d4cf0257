package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// markdown is report.md: for people, and for the web pages of a repository.
type markdown struct{}

var _ Report = markdown{}

func (markdown) Name() string      { return "report" }
func (markdown) Extension() string { return "md" }

// Write gives what people need first: what was run, what is wrong with it, the
// tables, the pictures, and how to read all that.
func (markdown) Write(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.Writer(w)) // its first error sticks until Flush
	writeTitle(out, d)
	if d.Published != nil {
		writeMarkdownPublished(out, d)
	}
	writeWarnings(out, d)
	writeFailures(out, d)
	for _, g := range d.Groups() {
		writeMarkdownGroup(out, d, g)
	}
	writeMarkdownScaling(out, d)
	writePictures(out, "\n## Pictures\n", d.Pictures, func(p plot.Picture) bool { return p.Kind != plot.OfPublished })
	writeReading(out, d)
	return out.Flush()
}

// writePictures shows the pictures that are wanted, beneath a heading if there are any.
func writePictures(out io.Writer, heading string, pictures []plot.Picture, wanted func(plot.Picture) bool) {
	for _, p := range pictures {
		if !wanted(p) {
			continue
		}
		fmt.Fprintf(out, "%s\n![%s](plots/%s)\n", heading, escapeMarkdown(p.Alt), p.File)
		heading = ""
	}
}

func writeTitle(out io.Writer, d *Content) {
	r := d.Run
	title := cmp.Or(r.Title, r.Name)
	if r.Profile != "" {
		title += fmt.Sprintf(" (profile %s)", r.Profile)
	}
	fmt.Fprintf(out, "# %s\n", escapeMarkdown(title))
	if r.Description != "" {
		fmt.Fprintf(out, "\n%s\n", prose(r.Description))
	}
	measured, planned := 0, 0
	for _, s := range d.Summaries {
		measured += s.Trials
		planned += s.Trials
		if s.Status != analysis.StatusSkipped && !s.Cell.Retired && !s.Precise {
			planned += max(0, r.Repeats-s.Trials)
		}
	}
	fmt.Fprintf(out, "\n%s: %s, %s each", code(r.Name), format.Count(len(r.Cells), "cell"), analysis.Repeats(&r))
	if r.Warmup > 0 {
		fmt.Fprintf(out, " after %s", format.Count(r.Warmup, "warm-up"))
	}
	fmt.Fprintf(out, "%s, in %s order (seed %d): %s of %s done.", analysis.StoppingAt(&r), escapeMarkdown(r.Order), r.Seed, format.Thousands(int64(measured)), format.Count(planned, "measured trial"))
	fmt.Fprintf(out, " Run on %s with iosweep %s", format.Moment(r.StartedAt), escapeMarkdown(cmp.Or(r.Iosweep, "of an unknown version")))
	if r.Go != "" {
		fmt.Fprintf(out, ", built with %s", escapeMarkdown(r.Go))
	}
	fmt.Fprint(out, ".")
	if said := d.SittingsSentence(); said != "" {
		fmt.Fprintf(out, " %s", said)
	}
	fmt.Fprintf(out, "\n\n%s\n", machineSentence(&d.Run))
	if said := commandLine(r); said != "" {
		fmt.Fprintf(out, "\nOver the file were laid: %s.\n", said)
	}
}

// commandLine is what was said beside the experiment file.
func commandLine(r journal.Run) string {
	var flags []string
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				flags = append(flags, code(flag+" "+format.OneLine(v)))
			}
		}
	}
	add("--profile", r.Profile)
	add("--set", r.Overrides...)
	add("--only", r.Only...)
	return strings.Join(flags, ", ")
}

// machineSentence says what was measured on; what is not known is left out.
func machineSentence(run *journal.Run) string {
	m := run.Machine
	var parts []string
	add := func(format string, v string) {
		if v != "" {
			parts = append(parts, fmt.Sprintf(format, v))
		}
	}
	add("host %s", m.Host)
	add("%s", strings.TrimSpace(m.OS+" "+m.Kernel))
	if m.CPUs > 0 {
		add("%s", format.Count(m.CPUs, "cpu"))
	}
	add("%s", m.CPUModel)
	if m.Memory > 0 {
		add("%s of memory", format.Bytes(estimate.Of(float64(m.Memory))))
	}
	add("file system %s", m.Filesystem)
	sentence := "Machine: " + strings.Join(parts, ", ") + "."
	for i, name := range slices.Sorted(maps.Keys(run.Programs)) {
		separator := ", "
		if i == 0 {
			separator = " Programs: "
		}
		sentence += separator + name + " is " + run.Programs[name]
	}
	if len(run.Programs) > 0 {
		sentence += "."
	}
	return escapeMarkdown(sentence)
}

func writeWarnings(out io.Writer, d *Content) {
	if len(d.Warnings) == 0 {
		return
	}
	fmt.Fprint(out, "\n## Warnings\n\n")
	for _, w := range d.Warnings {
		fmt.Fprintf(out, "- %s\n", paragraph(w))
	}
}

func writeFailures(out io.Writer, d *Content) {
	list, omitted := analysis.Troubles(d.Data)
	if len(list) == 0 {
		return
	}
	fmt.Fprint(out, "\n## Failed, skipped and unfinished cells\n\n")
	if status, reason, ok := analysis.SharedTrouble(d.Data); ok {
		fmt.Fprintf(out, "All %s are %s: %s\n", format.Count(len(d.Summaries), "cell"), status, escapeMarkdown(format.OneLine(reason)))
		return
	}
	fmt.Fprint(out, "| cell | status | trials | failed | reason |\n| --- | --- | ---: | ---: | --- |\n")
	for _, s := range list {
		fmt.Fprintf(out, "| %s | %s | %d | %d | %s |\n", escapeMarkdown(s.Cell.Name), s.Status, s.Trials, s.Failed, escapeMarkdown(format.OneLine(s.Reason)))
	}
	if omitted > 0 {
		fmt.Fprintf(out, "\nAnd %s more: [summary.csv](summary.csv) names them all.\n", format.Count(omitted, "cell"))
	}
}

func writeMarkdownGroup(out io.Writer, d *Content, g analysis.Group) {
	fmt.Fprintf(out, "\n## %s\n\n", escapeMarkdown(analysis.Heading(d.Data, g)))
	if !d.Measured(g) {
		fmt.Fprintln(out, analysis.NothingMeasured)
		return
	}
	cell := g.Cells[0].Cell
	if b := g.Baseline; b != nil {
		cell = b.Cell
		fmt.Fprintf(out, "Speed-ups are against %s, which took %s (median %s, %s).",
			code(cell.Name), format.MeanSeconds(b.Seconds), format.Seconds(b.Seconds.Median), format.Count(b.Seconds.N, "good trial"))
	}
	fmt.Fprintf(out, " One trial works on %s, %s.\n\n", format.Count(cell.Files, "file"), format.Bytes(estimate.Of(float64(cell.Bytes))))

	shown, omitted := analysis.Abridged(g)
	names := analysis.Naming(d.Factors, g.Cells)
	writeMarkdownTable(out, names, figuresOf(shown), shown, func(s *analysis.Summary) journal.Cell { return s.Cell })
	if omitted > 0 {
		fmt.Fprintf(out, "\nThese are the fastest and the slowest of %s; [summary.csv](summary.csv) has them all.\n", format.Count(len(g.Cells), "cell"))
	}
	writeMarkdownDetails(out, d, shown, names)
}

// writeMarkdownTable has a row for each cell, or for whatever else shares a cell's levels.
func writeMarkdownTable[Row any](out io.Writer, names []string, figures []table.Figure[Row], rows []Row, cellOf func(Row) journal.Cell) {
	writeRow(out, slices.Concat(names, table.Titles(figures)))
	writeRow(out, append(slices.Repeat([]string{"---"}, len(names)), alignments(figures)...))
	for _, r := range rows {
		row := make([]string, 0, len(names)+len(figures))
		for _, name := range names {
			row = append(row, cmp.Or(cellOf(r).Levels[name], format.Undefined))
		}
		for _, f := range figures {
			row = append(row, f.Text(r))
		}
		writeRow(out, row)
	}
}

func alignments[Row any](figures []table.Figure[Row]) (list []string) {
	for _, f := range figures {
		if f.IsWords() {
			list = append(list, "---")
		} else {
			list = append(list, "---:")
		}
	}
	return list
}

func writeRow(out io.Writer, fields []string) {
	for _, f := range fields {
		fmt.Fprintf(out, "| %s ", escapeMarkdown(f))
	}
	fmt.Fprintln(out, "|")
}
