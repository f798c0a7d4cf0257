package reports

import (
	"bufio"
	"fmt"
	"io"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// contrastsShown bounds the table for a terminal; the most telling cells stand first.
const contrastsShown = 60

// ComparisonTable writes the comparison for a terminal: what differs between the runs, the
// table, what could not be compared, and the sum of it.
func ComparisonTable(w io.Writer, c *compare.Comparison, opt table.Options) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	writeWrapped(out, fmt.Sprintf("BASE %s: %s", c.Options.BaseName, compare.RunSentence(c.Base)), opt)
	writeWrapped(out, fmt.Sprintf("NEW %s: %s", c.Options.NewName, compare.RunSentence(c.New)), opt)
	writeDifferences(out, c, opt)
	writeContrasts(out, c, opt)
	writeParagraphs(out, c.Notes(), opt)
	writeUncompared(out, c)
	fmt.Fprintln(out)
	writeWrapped(out, c.SumUp(), opt)
	return out.Flush()
}

func writeDifferences(out io.Writer, c *compare.Comparison, opt table.Options) {
	if len(c.Differences) > 0 {
		fmt.Fprintln(out, "\nWhat differs, BASE -> NEW:")
	}
	for _, d := range c.Differences {
		fmt.Fprintf(out, "  %s\n", oneline.Of(d.String()))
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
	omitted := max(0, len(rows)-contrastsShown)
	fmt.Fprintln(out)
	hidden := comparisonSheet(comparisonKeys(c), rows[:len(rows)-omitted]).Write(out, opt)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more, of smaller changes: --format csv has all\n", format.Count(omitted, "cell"))
	}
	writeHidden(out, hidden, "--format csv has them", opt)
}

// writeUncompared names the cells that have no place in the table.
func writeUncompared(out io.Writer, c *compare.Comparison) {
	list := c.Uncompared()
	if len(list) > 0 {
		fmt.Fprintln(out, "\nNot compared:")
	}
	for i, x := range list {
		if i == analysis.TroublesShown {
			fmt.Fprintf(out, "  ... and %s more: --format csv names them\n", format.Count(len(list)-i, "cell"))
			return
		}
		fmt.Fprintf(out, "  %s: %s: %s\n", x.Standing, format.OneLine(x.Name()), format.OneLine(x.Reason))
	}
}
