package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// TableOptions say what the terminal can show.
type TableOptions struct {
	Width  int // in columns; 0 is 80
	Colour bool
}

// Table writes the tables of a run for a terminal: what was published beside what
// was measured, if the run is held against anything; one per group; and beneath
// them what failed, was skipped or is unfinished, with the reasons. Where the
// width does not suffice the least important columns are left out, and named.
func Table(w io.Writer, d *Content, opt TableOptions) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	if d.Published != nil {
		writePublished(out, d, opt)
	}
	for i, g := range d.Groups() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out, text.Snip(oneline.Of(groupTitle(d, g)), opt.Width, "…"))
		writeGroup(out, d, g, opt)
	}
	writeFootnotes(out, d, opt)
	writeTroubles(out, d)
	return out.Flush()
}

// groupTitle names a group and the absolute time that its speed-ups are against.
func groupTitle(d *Content, g analysis.Group) string {
	title := analysis.Heading(d.Data, g)
	if b := g.Baseline; b != nil && len(g.Cells) > 1 && d.Measured(g) {
		title += fmt.Sprintf(": speed-up against %s, %s", analysis.BaselineLabel(d.Data, g), format.MeanSeconds(b.Seconds))
	}
	return title
}

func writeGroup(out io.Writer, d *Content, g analysis.Group, opt TableOptions) {
	if !d.Measured(g) {
		fmt.Fprintln(out, analysis.NothingMeasured)
		return
	}
	shown, omitted := analysis.Abridged(g)
	names := analysis.Naming(d.Factors, g.Cells)
	t := table.TextTable[*analysis.Summary]{
		Names: names, Name: func(s *analysis.Summary, factor string) string { return s.Cell.Levels[factor] },
		Figures: figuresOf(shown), Rows: shown,
	}
	if opt.Colour {
		t.Colour = coloured
	}
	hidden := t.Write(out, opt.Width)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more: all are in summary.csv\n", format.Count(omitted, "cell"))
	}
	writeHidden(out, hidden, opt)
}

// writeHidden names the columns that a table had to leave out.
func writeHidden(out io.Writer, hidden []string, opt TableOptions) {
	if len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("not shown for want of width: %s (report.md has them)", strings.ReplaceAll(strings.Join(hidden, ", "), "\n", " ")), opt)
	}
}

// writeWrapped breaks a sentence between words.
func writeWrapped(out io.Writer, sentence string, opt TableOptions) {
	for line := range strings.Lines(text.WrapSoft(oneline.Of(sentence), opt.Width)) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n")) // the library pads
	}
}

// writeFootnotes stands beneath all tables, as one sentence may hold for many.
func writeFootnotes(out io.Writer, d *Content, opt TableOptions) {
	for i, note := range analysis.Footnotes(d.Data, d.Published != nil) {
		if i == 0 {
			fmt.Fprintln(out)
		}
		writeWrapped(out, note, opt)
	}
}

// coloured marks a verdict with the escapes of ECMA-48. The table library has
// colours of its own, behind a global switch that looks at the environment; here
// the caller has decided already.
func coloured(s *analysis.Summary, verdict string) string {
	switch {
	case s.Status == analysis.StatusFailed:
		return painted(bad, verdict)
	case s.Status != analysis.StatusOK, s.Verdict == estimate.Inconclusive:
		return painted(doubtful, verdict)
	case s.Verdict == estimate.Faster:
		return painted(good, verdict)
	case s.Verdict == estimate.Slower:
		return painted(worse, verdict)
	}
	return verdict
}

// The escapes of what is good, worse, bad and doubtful.
const (
	good     = "\x1b[32m"
	worse    = "\x1b[31m"
	bad      = "\x1b[1;31m"
	doubtful = "\x1b[33m"
)

func painted(escape, text string) string { return escape + text + "\x1b[0m" }

// writeTroubles names every cell that is not ok.
func writeTroubles(out io.Writer, d *Content) {
	if status, reason, ok := analysis.SharedTrouble(d.Data); ok {
		fmt.Fprintf(out, "\n%s: all %s: %s\n", status, format.Count(len(d.Summaries), "cell"), format.OneLine(reason))
		return
	}
	list, omitted := analysis.Troubles(d.Data)
	if len(list) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range list {
		fmt.Fprintf(out, "%s: %s: %s\n", s.Status, oneline.Of(s.Cell.Name), format.OneLine(s.Reason))
	}
	if omitted > 0 {
		fmt.Fprintf(out, "... and %s more that are not ok: summary.csv names them\n", format.Count(omitted, "cell"))
	}
}
