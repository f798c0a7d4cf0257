package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// WriteComparisonJSON writes the comparison as one object. Its "cells" have the columns of the
// CSV as keys; what is undefined is null.
func WriteComparisonJSON(w io.Writer, of *compare.Comparison) error {
	c := comparison{of}
	head, err := json.MarshalIndent(c.head(), "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	// A struct cannot hold the cells, whose keys follow from the axes: they are put
	// in before its closing brace.
	fmt.Fprintf(out, "%s,\n  \"cells\": ", head[:len(head)-len("\n}")])
	if err := table.WriteJSON(out, c.columns(), c.Contrasts); err != nil {
		return err
	}
	out.WriteString("}\n")
	return out.Flush()
}

// comparisonHead is all of a comparison that is not of a cell.
type comparisonHead struct {
	Base          sideHead             `json:"base"`
	New           sideHead             `json:"new"`
	SameRun       bool                 `json:"same_run"`
	Margin        float64              `json:"margin"`
	Test          compare.Test         `json:"test"`
	Family        int                  `json:"family"`
	GeometricMean *float64             `json:"geometric_mean_speedup"`
	Counts        map[string]int       `json:"counts"` // by what Found finds
	Summary       string               `json:"summary"`
	Differences   []compare.Difference `json:"differences"`
	Notes         []string             `json:"notes"`
	Warnings      []string             `json:"warnings"`
}

type sideHead struct {
	Directory string    `json:"directory"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	StartedAt time.Time `json:"started_at"`
	Iosweep   string    `json:"iosweep"`
	Cells     int       `json:"cells"`
}

func (c comparison) head() comparisonHead {
	side := func(d *analysis.Data, dir string) sideHead {
		r := d.Run
		return sideHead{dir, r.ID, r.Name, r.StartedAt, r.Iosweep, len(r.Cells)}
	}
	h := comparisonHead{
		Base: side(c.Base, c.Options.BaseName), New: side(c.New, c.Options.NewName),
		SameRun: c.SameRun, Margin: c.Options.Margin, Test: c.Test, Family: c.Family,
		GeometricMean: orNull(c.Mean), Counts: map[string]int{}, Summary: c.SumUp(),
		Differences: append([]compare.Difference{}, c.Differences...), Notes: append(c.Remarks(), c.Notes()...), Warnings: append([]string{}, c.Warnings...),
	}
	for _, what := range compare.Sought() {
		h.Counts[what] = len(c.Found(what))
	}
	return h
}
