package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/internal/ceilings"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// measureLimits measures the limits of the machine and of the file system of a directory, and keeps
// them for later runs.
func (opt *doctorOptions) measureLimits(ctx context.Context, s streams, dir string) error {
	fmt.Fprintln(s.err, "measuring the limits of the machine, which takes 10 seconds")
	result, err := ceilings.Measure(ctx, dir, ceilings.Part)
	if err != nil {
		return err
	}
	path, saveErr := ceilings.Save(dir, &result)
	if err := opt.printLimits(s, dir, path, result); err != nil {
		return err
	}
	if saveErr != nil {
		return &exitError{exitFailures, fmt.Errorf("the limits could not be kept for later runs: %w", saveErr)}
	}
	return nil
}

func (opt *doctorOptions) printLimits(s streams, dir, path string, r ceilings.Result) error {
	if opt.format == "json" {
		out := json.NewEncoder(oneline.JSON(s.out))
		out.SetIndent("", " ")
		out.SetEscapeHTML(false)
		return out.Encode(struct {
			Dir  string `json:"dir"`
			File string `json:"file,omitempty"` // empty if they could not be kept
			ceilings.Result
		}{dir, path, r})
	}
	width := tableOptions(s.out).Width
	t := newTable(s.people(), "LIMIT", "AT MOST", "MEASURED")
	// The first two columns and the spaces between them take 45 characters.
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: max(30, width-45), WidthMaxEnforcer: text.WrapSoft}})
	for _, l := range r.Limits {
		note := l.Note
		if l.Earlier > 0 {
			note += "; kept from earlier: " + rateText(l.Earlier, l.Unit)
		}
		t.AppendRow(table.Row{l.Name, rateText(l.PerSecond, l.Unit), note})
	}
	t.Render()
	notes := ""
	if r.Noise != "" {
		notes += fmt.Sprintf("\nThe machine was not quiet, so these limits may be too low: %s.\nMeasure again on a quiet machine.\n", r.Noise)
	}
	if path != "" {
		notes += fmt.Sprintf("\nKept in %s.\nLater runs on this file system compare their results with these limits.\n", path)
	}
	_, err := io.WriteString(s.people(), notes)
	return err
}

// rateText returns a limit with its unit.
func rateText(perSecond float64, unit string) string {
	switch {
	case perSecond <= 0:
		return "unknown"
	case unit == ceilings.Bytes:
		return format.ByteRate(estimate.Of(perSecond))
	}
	return format.TrimRate(estimate.Of(perSecond)) + "/s"
}
