package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"iosweep/journal"
)

// writePublished is the table for a terminal, with all that is to be said of it.
func writePublished(out io.Writer, d *Content, opt TableOptions) {
	r := d.Published
	writeWrapped(out, "Published and measured: "+origin(r, d.Run.Machine), opt)
	t := textTable[publishedLine]{
		names: []string{"method"}, name: func(l publishedLine, _ string) string { return lineName(l, max(30, opt.Width/3)) },
		figures: append(publishedFigures(r), measuredFigures(r)...), rows: beneath(r),
	}
	if opt.Colour {
		t.colour = colouredOutcome
	}
	writeHidden(out, t.write(out, opt.Width), opt)
	for _, tally := range r.tallies() {
		writeWrapped(out, tally, opt)
	}
	for _, list := range [][]string{r.Findings, r.reasons()} {
		for i, sentence := range list {
			if i == 0 {
				fmt.Fprintln(out)
			}
			writeWrapped(out, sentence, opt)
		}
	}
	fmt.Fprintln(out)
}

// lineName is a method, or beneath it the name of a cell, of so many characters
// at most: the figures are worth more room.
func lineName(l publishedLine, most int) string {
	if l.method != nil {
		return shorten(l.method.Printed.Method, most)
	}
	return "  " + shorten(l.attempt.Contender, most-2)
}

func colouredOutcome(l publishedLine, text string) string {
	if l.attempt == nil {
		return text
	}
	switch l.attempt.Outcome {
	case Reproduced, Limited:
		return painted(good, text)
	case Contradicted:
		return painted(bad, text)
	case Undecided:
		return painted(doubtful, text)
	}
	return text
}

// origin says where the table is from, what it was made on, and what with that
// is compared here.
func origin(r *Reproduction, here journal.Machine) string {
	var there []string
	if r.Table.CPUs > 0 {
		there = append(there, count(r.Table.CPUs, "cpu"))
	}
	if r.Table.OS != "" {
		there = append(there, r.Table.OS)
	}
	source := cmp.Or(r.Table.Source, "a table of unknown source")
	if len(there) > 0 {
		source += " (" + strings.Join(there, ", ") + ")"
	}
	var local []string
	if here.CPUs > 0 {
		local = append(local, count(here.CPUs, "cpu"))
	}
	if here.OS != "" {
		local = append(local, here.OS)
	}
	if len(local) > 0 {
		source += "; here " + strings.Join(local, ", ")
	}
	return source
}
