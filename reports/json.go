package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// writeJSON writes the summaries as a JSON array of objects. Their keys are the columns
// of summary.csv in the same order, and then those of details.csv; what is undefined is
// null. Of a run that is held against a published table it is an object: "published" has
// the lines of published.csv, "findings" the sentences on it, "cells" that array.
func writeJSON(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	if d.Published != nil {
		if err := writePublishedJSON(out, d.Published); err != nil {
			return err
		}
	}
	if err := table.WriteJSON(out, slices.Concat(summaryColumns(d.Run), detailFields()), d.Cells()); err != nil {
		return err
	}
	if d.Published != nil {
		out.WriteString("}\n")
	}
	return out.Flush()
}

// writePublishedJSON writes the object up to its cells.
func writePublishedJSON(out *bufio.Writer, r *reproduce.Reproduction) error {
	out.WriteString("{\n\"published\": ")
	if err := table.WriteJSON(out, publishedColumns(), r.Pairings()); err != nil {
		return err
	}
	findings, err := json.MarshalIndent(append([]string{}, r.Findings...), "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, ", \"findings\": %s,\n\"cells\": ", findings)
	return err
}

func orNull(v analysis.Value) *float64 {
	if !v.OK {
		return nil
	}
	return &v.X
}
