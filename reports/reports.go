package reports

import (
	"io"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/journal"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// Content is all that a report may speak of.
type Content struct {
	*analysis.Data
	// Published is the table that the run is held against; nil if there is none.
	Published *reproduce.Reproduction
	// Footnotes explain what a reader of the tables would stumble over.
	Footnotes []string
	// Pictures are those that stand beside the report, in order.
	Pictures []plot.Picture
}

// New is what there is to report of a journal; Draw adds the pictures.
func New(log *journal.Log) *Content {
	d := analysis.New(log)
	published := reproduce.New(d)
	return &Content{Data: d, Published: published, Footnotes: analysis.Footnotes(d, published != nil)}
}

// Draw adds the pictures that the run asks for, and to the warnings which of them
// could not be drawn.
func (c *Content) Draw() {
	c.draw(plot.Kinds())
}

func (c *Content) draw(kinds []plot.Kind) {
	pictures, warnings := plot.Draw(plot.Source{Data: c.Data, Published: c.Published}, kinds)
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

// All lists the reports that stand in the directory of a run.
func All() []Report {
	return []Report{trialsCSV{}, summaryCSV{}, detailsCSV{}, markdownReport{}, publishedCSV{}, scalingCSV{}}
}

// Conditional is a Report that not every run has something to say in.
type Conditional interface {
	// Applies reports whether the run has.
	Applies(c *Content) bool
}

// Columns are what the columns of each table mean, without the axes, by the name of the
// file; of "compare", which has no file, as well.
func Columns() map[string][]table.Meaning {
	return map[string][]table.Meaning{
		"trials.csv":    table.Meanings(trialFields()),
		"summary.csv":   table.Meanings(summaryFields()),
		"details.csv":   append([]table.Meaning{{Name: "cell", Doc: "name of the cell"}}, table.Meanings(detailFields())...),
		"scaling.csv":   table.Meanings(scalingFields()),
		"published.csv": table.Meanings(publishedColumns()),
		"compare":       table.Meanings(comparison{}.fields()),
	}
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
