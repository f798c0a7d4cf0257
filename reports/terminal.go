package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// Terminal writes the tables of a run for a terminal: what was published beside what
// was measured, if the run is held against anything; one per group; and beneath
// them what failed, was skipped or is unfinished, with the reasons. Where the
// width does not suffice the least important columns are left out, and named.
func Terminal(w io.Writer, c *Content, opt table.Options) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	if c.Published != nil {
		writePublished(out, c, opt)
	}
	for i, g := range c.Groups {
		if i > 0 {
			fmt.Fprintln(out)
		}
		writeGroup(out, g, opt)
	}
	writeParagraphs(out, c.Footnotes, opt)
	writeTroubles(out, c)
	return out.Flush()
}

// writeGroup writes a group with the absolute time that its speed-ups are against.
func writeGroup(out io.Writer, g analysis.Group, opt table.Options) {
	title := g.Heading
	if b := g.Baseline; b != nil && len(g.Cells) > 1 && g.Measured {
		title += fmt.Sprintf(": speed-up against %s, %s", g.BaselineLabel, format.MeanSeconds(b.Seconds))
	}
	fmt.Fprintln(out, text.Snip(oneline.Of(title), opt.Width, "…"))
	if !g.Measured {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	hidden := summarySheet(g.Factors, g.Shown).Write(out, opt)
	if g.Omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more: all are in summary.csv\n", format.Count(g.Omitted, "cell"))
	}
	writeHidden(out, hidden, "report.md has them", opt)
}

// nothingMeasured stands where a group would have its table.
const nothingMeasured = "Nothing was measured: no trial ended well."

// writeHidden names the columns that a table had to leave out, and what has them.
func writeHidden(out io.Writer, hidden []string, has string, opt table.Options) {
	if len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("not shown for want of width: %s (%s)", strings.ReplaceAll(strings.Join(hidden, ", "), "\n", " "), has), opt)
	}
}

// writeParagraphs writes sentences beneath an empty line, if there are any.
func writeParagraphs(out io.Writer, list []string, opt table.Options) {
	if len(list) > 0 {
		fmt.Fprintln(out)
	}
	for _, sentence := range list {
		writeWrapped(out, sentence, opt)
	}
}

// writeWrapped breaks a sentence between words.
func writeWrapped(out io.Writer, sentence string, opt table.Options) {
	for line := range strings.Lines(text.WrapSoft(oneline.Of(sentence), opt.Width)) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n")) // the library pads
	}
}

// writeTroubles names every cell that is not ok.
func writeTroubles(out io.Writer, c *Content) {
	t := c.Troubles
	if t.Status != "" {
		fmt.Fprintf(out, "\n%s: all %s: %s\n", t.Status, format.Count(len(c.Summaries), "cell"), format.OneLine(t.Reason))
		return
	}
	if len(t.Cells) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range t.Cells {
		fmt.Fprintf(out, "%s: %s: %s\n", s.Status, oneline.Of(s.Cell.Name), format.OneLine(s.Reason))
	}
	if t.Omitted > 0 {
		fmt.Fprintf(out, "... and %s more that are not ok: summary.csv names them\n", format.Count(t.Omitted, "cell"))
	}
}
