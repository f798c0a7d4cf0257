package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writePublished is the table for a terminal, with all that is to be said of it.
func writePublished(out io.Writer, d *Content, opt table.Options) {
	r := d.Published
	writeWrapped(out, "Published and measured: "+origin(r, d.Run.Machine), opt)
	method := table.Text("method", 0, func(l line) string { return lineName(l, max(30, opt.Width/3)) })
	columns := append(publishedFigures(r), measuredFigures(r)...)
	writeHidden(out, table.Of([]table.Column[line]{method}, columns, beneath(r)).Write(out, opt), opt)
	for _, tally := range r.Tallies() {
		writeWrapped(out, tally, opt)
	}
	for _, list := range [][]string{r.Findings, r.Reasons()} {
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
func lineName(l line, most int) string {
	if l.Method != nil {
		return format.Shorten(l.Method.Printed.Method, most)
	}
	return "  " + format.Shorten(l.Attempt.Contender, most-2)
}

// origin says where the table is from, what it was made on, and what with that
// is compared here.
func origin(r *reproduce.Reproduction, here journal.Machine) string {
	var there []string
	if r.Table.CPUs > 0 {
		there = append(there, format.Count(r.Table.CPUs, "cpu"))
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
		local = append(local, format.Count(here.CPUs, "cpu"))
	}
	if here.OS != "" {
		local = append(local, here.OS)
	}
	if len(local) > 0 {
		source += "; here " + strings.Join(local, ", ")
	}
	return source
}
