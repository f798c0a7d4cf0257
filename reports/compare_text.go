package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/oneline"
)

// contrastsShown bounds the table for a terminal; the most telling cells stand first.
const contrastsShown = 60

// ComparisonTable writes the comparison for a terminal: what differs between the runs, the
// table, what could not be compared, and the sum of it.
func ComparisonTable(w io.Writer, of *Comparison, opt TableOptions) error {
	c := comparison{of}
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	writeWrapped(out, fmt.Sprintf("BASE %s: %s", c.Options.BaseName, runSentence(c.Base)), opt)
	writeWrapped(out, fmt.Sprintf("NEW %s: %s", c.Options.NewName, runSentence(c.New)), opt)
	c.writeDifferences(out, opt)
	c.writeContrasts(out, opt)
	for i, note := range c.notes() {
		if i == 0 {
			fmt.Fprintln(out)
		}
		writeWrapped(out, note, opt)
	}
	c.writeUncompared(out)
	fmt.Fprintln(out)
	writeWrapped(out, c.SumUp(), opt)
	return out.Flush()
}

func (c comparison) writeDifferences(out io.Writer, opt TableOptions) {
	if len(c.Differences) > 0 {
		fmt.Fprintln(out, "\nWhat differs, BASE -> NEW:")
	}
	for _, d := range c.Differences {
		fmt.Fprintf(out, "  %s\n", oneline.Of(d.String()))
	}
	for _, sentence := range []string{c.meaning(), c.pairing()} {
		if sentence != "" {
			writeWrapped(out, sentence, opt)
		}
	}
}

func (c comparison) writeContrasts(out io.Writer, opt TableOptions) {
	rows := c.ordered()
	if len(rows) == 0 {
		return
	}
	omitted := max(0, len(rows)-contrastsShown)
	t := textTable[*Contrast]{
		names:   c.naming(rows),
		name:    func(x *Contrast, factor string) string { return x.Base.Cell.Levels[factor] },
		figures: c.contrastFigures(), rows: rows[:len(rows)-omitted],
	}
	if opt.Colour {
		t.colour = colouredContrast
	}
	fmt.Fprintln(out)
	hidden := t.write(out, opt.Width)
	if omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more, of smaller changes: --format csv has all\n", count(omitted, "cell"))
	}
	if len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("not shown for want of width: %s (--format csv has them)", strings.Join(hidden, ", ")), opt)
	}
}

func colouredContrast(x *Contrast, verdict string) string {
	switch x.Verdict {
	case estimate.Slower:
		return painted(worse, verdict)
	case estimate.Faster:
		return painted(good, verdict)
	case estimate.Inconclusive:
		return painted(doubtful, verdict)
	}
	return verdict
}

// writeUncompared names the cells that have no place in the table.
func (c comparison) writeUncompared(out io.Writer) {
	list := c.uncompared()
	if len(list) > 0 {
		fmt.Fprintln(out, "\nNot compared:")
	}
	for i, x := range list {
		if i == troublesShown {
			fmt.Fprintf(out, "  ... and %s more: --format csv names them\n", count(len(list)-i, "cell"))
			return
		}
		fmt.Fprintf(out, "  %s: %s: %s\n", x.Standing, oneLine(x.Name()), oneLine(x.Reason))
	}
}
