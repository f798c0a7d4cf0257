package reports

import (
	"bufio"
	"fmt"
	"io"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/internal/format"
	"iosweep/reports/table"
)

// maxRows is the maximum number of rows in the table for a terminal. The slower and the
// faster cells come first.
const maxRows = 60

// ComparisonTable writes the comparison for a terminal: the differences between the runs, the
// table, the cells that could not be compared, and the summary.
func ComparisonTable(w io.Writer, c *compare.Comparison, opt table.Options) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	for _, r := range c.BaseRuns {
		writeWrapped(out, fmt.Sprintf("BASE %s: %s", r.Name, compare.RunSentence(r.Data)), opt)
	}
	for _, r := range c.NewRuns {
		writeWrapped(out, fmt.Sprintf("NEW %s: %s", r.Name, compare.RunSentence(r.Data)), opt)
	}
	writeDifferences(out, c, opt)
	writeContrasts(out, c, opt)
	writeParagraphs(out, c.Notes(), opt)
	writePartial(out, c, opt)
	writeUncompared(out, c, opt)
	fmt.Fprintln(out)
	writeWrapped(out, c.SumUp(), opt)
	if text := c.SumUpSpeedups(); text != "" {
		writeWrapped(out, text, opt)
	}
	return out.Flush()
}

func writeDifferences(out io.Writer, c *compare.Comparison, opt table.Options) {
	if len(c.Differences) > 0 {
		fmt.Fprintln(out, "\nDifferences, BASE -> NEW:")
	}
	for _, d := range c.Differences {
		writeIndented(out, d.String(), opt)
	}
	for _, sentence := range c.Remarks() {
		writeWrapped(out, sentence, opt)
	}
}

func writeContrasts(out io.Writer, c *compare.Comparison, opt table.Options) {
	rows := c.Ordered()
	if len(rows) == 0 {
		return
	}
	omitted := max(0, len(rows)-maxRows)
	fmt.Fprintln(out)
	hidden := comparisonSheet(comparisonKeys(c), rows[:len(rows)-omitted]).Write(out, opt)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more: --format csv shows all of them\n", format.Count(omitted, "cell"))
	}
	writeHidden(out, hidden, "use --format csv", opt)
}

// writePartial lists the cells that do not count in all runs.
func writePartial(out io.Writer, c *compare.Comparison, opt table.Options) {
	writeTitledList(out, "Compared without some runs:", c.Partial(), opt, func(x *compare.Contrast) string {
		return fmt.Sprintf("%s: without %s", format.OneLine(x.Name()), x.Left)
	})
}

// writeUncompared lists the cells that are not in the table.
func writeUncompared(out io.Writer, c *compare.Comparison, opt table.Options) {
	writeTitledList(out, "Not compared:", c.Uncompared(), opt, func(x *compare.Contrast) string {
		return fmt.Sprintf("%s: %s: %s", x.Status, format.OneLine(x.Name()), format.OneLine(x.Reason))
	})
}

// writeTitledList writes a list of cells below a title, up to a limit. It writes nothing without cells.
func writeTitledList(out io.Writer, title string, list []*compare.Contrast, opt table.Options, item func(*compare.Contrast) string) {
	if len(list) > 0 {
		fmt.Fprintf(out, "\n%s\n", title)
	}
	for i, x := range list {
		if i == analysis.TroublesShown {
			fmt.Fprintf(out, "  ... and %s more: --format csv lists all of them\n", format.Count(len(list)-i, "cell"))
			return
		}
		writeIndented(out, item(x), opt)
	}
}
