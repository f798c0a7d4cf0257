package reports

import (
	"io"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/journal"
	"iosweep/reports/plot"
)

// Content is all that a report may speak of.
type Content struct {
	*analysis.Data
	// Published is the table that the run is held against; nil if there is none.
	Published *reproduce.Reproduction
	// Pictures are those that stand beside the report, in order.
	Pictures []plot.Picture
}

// New is what there is to report of a journal; Draw adds the pictures.
func New(log *journal.Log) *Content {
	d := analysis.New(log)
	return &Content{Data: d, Published: reproduce.New(d)}
}

// Draw adds the pictures that the run asks for, and to the warnings which of them
// could not be drawn.
func (c *Content) Draw() {
	pictures, warnings := plot.Draw(c.Data, c.Published)
	c.Pictures = pictures
	c.Warnings = append(c.Warnings, warnings...)
}

// A Report writes what is known of a run in one format. The caller opens, syncs
// and renames the file.
type Report interface {
	// Name and Extension, joined by a dot, are the file in a run's directory.
	Name() string
	Extension() string
	// Write writes the whole report; its errors are those of w.
	Write(w io.Writer, c *Content) error
}

// All lists the reports that stand in the directory of every run. Beside them stands
// published.csv if the run is held against a published table, and scaling.csv if it
// has a sweep over enough numbers of workers.
func All() []Report {
	return []Report{trialsCSV{}, summaryCSV{}, detailsCSV{}, markdown{}}
}

// A Format is a report that can be asked for by name.
type Format struct {
	Name string
	Report
}

// Formats lists what a run can be exported as.
func Formats() []Format {
	return []Format{
		{"csv", summaryCSV{}},
		{"json", summaryJSON{}},
		{"hyperfine", hyperfineJSON{}},
		{"benchfmt", goBenchmarks{}},
		{"markdown", illustrated{}},
	}
}

// Partial is a Report that cannot have all of a run.
type Partial interface {
	// Omissions say what it leaves out, and why.
	Omissions(c *Content) []string
}
