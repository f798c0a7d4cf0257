package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/internal/estimate"
)

// TableOptions say what the terminal can show.
type TableOptions struct {
	Width  int // in columns; 0 is 80
	Colour bool
}

// Table writes the tables of a run for a terminal, one per group, and beneath
// them what failed, was skipped or is unfinished, with the reasons. Where the
// width does not suffice the least important columns are left out, and named.
func Table(w io.Writer, d *Data, opt TableOptions) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	for i, g := range d.Groups() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out, text.Snip(groupTitle(d, g), opt.Width, "…"))
		writeGroup(out, d, g, opt)
	}
	writeFootnotes(out, d, opt)
	writeTroubles(out, d)
	return out.Flush()
}

// groupTitle names a group and the absolute time that its speed-ups are against.
func groupTitle(d *Data, g Group) string {
	title := heading(d, g)
	if b := g.Baseline; b != nil && len(g.Cells) > 1 && d.measured(g) {
		title += fmt.Sprintf(": speed-up against %s, %s", baselineLabel(d, g), MeanSeconds(b.Seconds))
	}
	return title
}

func writeGroup(out io.Writer, d *Data, g Group, opt TableOptions) {
	if !d.measured(g) {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	shown, omitted := abridged(g)
	names := naming(d.factors, g.Cells)
	figures := figuresOf(shown)
	wanted := titles(figures)
	rendered := renderTable(shown, names, figures, 0, opt.Colour)
	for tooWide(rendered, opt) && len(figures) > 3 {
		figures = withoutLightest(figures)
		rendered = renderTable(shown, names, figures, 0, opt.Colour)
	}
	for narrow := 24; tooWide(rendered, opt) && narrow >= 6; narrow-- {
		rendered = renderTable(shown, names, figures, narrow, opt.Colour)
	}
	fmt.Fprintln(out, rendered)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more: all are in summary.csv\n", count(omitted, "cell"))
	}
	if hidden := without(wanted, titles(figures)...); len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("not shown for want of width: %s (report.md has them)", strings.Join(hidden, ", ")), opt)
	}
}

// writeWrapped breaks a sentence between words.
func writeWrapped(out io.Writer, sentence string, opt TableOptions) {
	for line := range strings.Lines(text.WrapSoft(sentence, opt.Width)) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n")) // the library pads
	}
}

// writeFootnotes stands beneath all tables, as one sentence may hold for many.
func writeFootnotes(out io.Writer, d *Data, opt TableOptions) {
	for i, note := range footnotes(d) {
		if i == 0 {
			fmt.Fprintln(out)
		}
		writeWrapped(out, note, opt)
	}
}

func tooWide(rendered string, opt TableOptions) bool {
	return text.LongestLineLen(rendered) > opt.Width
}

// withoutLightest leaves out the figure that is missed least.
func withoutLightest(figures []figure) []figure {
	lightest := 0
	for i, f := range figures {
		if f.weight < figures[lightest].weight {
			lightest = i
		}
	}
	return slices.Delete(slices.Clone(figures), lightest, lightest+1)
}

// renderTable lays out a table; narrow bounds the columns of factors, 0 does not.
func renderTable(cells []*Summary, names []string, figures []figure, narrow int, colour bool) string {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.SuppressTrailingSpaces()

	var header table.Row
	var configs []table.ColumnConfig
	for i, name := range names {
		header = append(header, name)
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMax: narrow, WidthMaxEnforcer: snip})
	}
	for i, f := range figures {
		align := text.AlignRight
		if f.title == "verdict" {
			align = text.AlignLeft
		}
		header = append(header, f.title)
		config := table.ColumnConfig{Number: len(names) + i + 1, Align: align, AlignHeader: align}
		if f.title == "verdict" && narrow > 0 {
			// A verdict of two words takes two lines before names are cut.
			config.WidthMax, config.WidthMaxEnforcer = len(estimate.Inconclusive), text.WrapSoft
		}
		configs = append(configs, config)
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	for _, s := range cells {
		t.AppendRow(tableRow(s, names, figures, colour))
	}
	return t.Render()
}

func snip(s string, width int) string { return text.Snip(s, width, "…") }

func tableRow(s *Summary, names []string, figures []figure, colour bool) table.Row {
	var row table.Row
	for _, name := range names {
		row = append(row, s.Cell.Levels[name])
	}
	for _, f := range figures {
		value := f.text(s)
		if colour && f.title == "verdict" {
			value = coloured(s, value)
		}
		row = append(row, value)
	}
	return row
}

// coloured marks a verdict with the escapes of ECMA-48. The table library has
// colours of its own, behind a global switch that looks at the environment; here
// the caller has decided already.
func coloured(s *Summary, verdict string) string {
	escape := ""
	switch {
	case s.Status == StatusFailed:
		escape = "\x1b[1;31m"
	case s.Status != StatusOK, s.Verdict == estimate.Inconclusive:
		escape = "\x1b[33m"
	case s.Verdict == estimate.Faster:
		escape = "\x1b[32m"
	case s.Verdict == estimate.Slower:
		escape = "\x1b[31m"
	default:
		return verdict
	}
	return escape + verdict + "\x1b[0m"
}

// writeTroubles names every cell that is not ok.
func writeTroubles(out io.Writer, d *Data) {
	if status, reason, ok := sharedTrouble(d); ok {
		fmt.Fprintf(out, "\n%s: all %s: %s\n", status, count(len(d.Summaries), "cell"), oneLine(reason))
		return
	}
	list, omitted := troubles(d)
	if len(list) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range list {
		fmt.Fprintf(out, "%s: %s: %s\n", s.Status, s.Cell.Name, oneLine(s.Reason))
	}
	if omitted > 0 {
		fmt.Fprintf(out, "... and %s more that are not ok: summary.csv names them\n", count(omitted, "cell"))
	}
}
