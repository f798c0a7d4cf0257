package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"iosweep/internal/estimate"
	"iosweep/internal/oneline"
)

// summaryJSON is the summaries as a JSON array of objects. Their keys are the
// columns of summary.csv in the same order, and then those of details.csv; what is
// undefined is null. Of a run
// that is held against a published table it is an object: "published" has the
// lines of published.csv, "findings" the sentences on it, "cells" that array.
type summaryJSON struct{}

var _ Report = summaryJSON{}

func (summaryJSON) Name() string      { return "summary" }
func (summaryJSON) Extension() string { return "json" }

func (summaryJSON) Write(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	if d.Published != nil {
		if err := writePublishedJSON(out, d.Published); err != nil {
			return err
		}
	}
	if err := writeObjects(out, d.allColumns(), d.details()); err != nil {
		return err
	}
	if d.Published != nil {
		out.WriteString("}\n")
	}
	return out.Flush()
}

// allColumns are those of summary.csv and of details.csv.
func (d *Content) allColumns() []column[Details] {
	var list []column[Details]
	for _, c := range summaryColumns(d.Run) {
		list = append(list, newColumn(c.name, func(r Details) field { return c.field(r.Summary) }))
	}
	return append(list, detailFields(d.Data)...)
}

// writePublishedJSON writes the object up to its cells.
func writePublishedJSON(out *bufio.Writer, r *Reproduction) error {
	out.WriteString("{\n\"published\": ")
	if err := writeObjects(out, publishedColumns(), r.pairings()); err != nil {
		return err
	}
	findings, err := json.MarshalIndent(append([]string{}, r.Findings...), "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, ", \"findings\": %s,\n\"cells\": ", findings)
	return err
}

func orNull(v estimate.Value) *float64 {
	if !v.OK {
		return nil
	}
	return &v.X
}
