package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

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
func ComparisonTable(w io.Writer, of *compare.Comparison, opt table.Options) error {
	c := comparison{of}
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	writeWrapped(out, fmt.Sprintf("BASE %s: %s", c.Options.BaseName, compare.RunSentence(c.Base)), opt)
	writeWrapped(out, fmt.Sprintf("NEW %s: %s", c.Options.NewName, compare.RunSentence(c.New)), opt)
	c.writeDifferences(out, opt)
	c.writeContrasts(out, opt)
	writeParagraphs(out, c.Notes(), opt)
	c.writeUncompared(out)
	fmt.Fprintln(out)
	writeWrapped(out, c.SumUp(), opt)
	return out.Flush()
}

func (c comparison) writeDifferences(out io.Writer, opt table.Options) {
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

func (c comparison) writeContrasts(out io.Writer, opt table.Options) {
	rows := c.Ordered()
	if len(rows) == 0 {
		return
	}
	omitted := max(0, len(rows)-contrastsShown)
	fmt.Fprintln(out)
	hidden := c.sheet(c.keys(), rows[:len(rows)-omitted]).Write(out, opt)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more, of smaller changes: --format csv has all\n", format.Count(omitted, "cell"))
	}
	if len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("not shown for want of width: %s (--format csv has them)", strings.Join(hidden, ", ")), opt)
	}
}

// writeUncompared names the cells that have no place in the table.
func (c comparison) writeUncompared(out io.Writer) {
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
