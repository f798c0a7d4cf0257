package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/durable"
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
	pictures, warnings := plot.Draw(plot.Source{Data: c.Data, Published: c.Published})
	c.Pictures = pictures
	c.Warnings = append(c.Warnings, warnings...)
}

// A Report is one format of what is known of a run. Who writes it to a file opens, syncs
// and renames that.
type Report struct {
	// Name is the file in a run's directory; in Formats, the name to ask for it by.
	Name string
	// Write writes the whole report; its errors are those of w.
	Write func(w io.Writer, c *Content) error
	// Applies reports whether a run has something to say in it; nil: each has.
	Applies func(c *Content) bool
	// Omissions say what of a run it leaves out, and why; nil: nothing.
	Omissions func(c *Content) []string
}

// All lists the reports that stand in the directory of a run.
var All = []Report{
	{Name: "trials.csv", Write: writeTrialsCSV},
	{Name: "summary.csv", Write: writeSummaryCSV},
	{Name: "details.csv", Write: writeDetailsCSV},
	{Name: "report.md", Write: writeMarkdown},
	{Name: "published.csv", Write: writePublishedCSV, Applies: hasPublished},
	{Name: "scaling.csv", Write: writeScalingCSV, Applies: hasSweeps},
}

// Formats lists what a run can be exported as.
var Formats = []Report{
	{Name: "csv", Write: writeSummaryCSV},
	{Name: "json", Write: writeJSON},
	{Name: "hyperfine", Write: writeHyperfine, Omissions: notExported},
	{Name: "benchfmt", Write: writeBenchmarks, Omissions: notExported},
	{Name: "markdown", Write: writeIllustrated},
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
		"compare":       table.Meanings(comparisonFields()),
	}
}

// plotsDir is where pictures stand in the directory of a run.
const plotsDir = "plots"

// WriteAll makes every report of a run in its directory. mkdir makes one
// directory, and is content if it exists. Nothing is ever deleted: files of an
// earlier call are replaced whole. What cannot be written keeps nothing else from
// it; the error names each file. A picture that cannot be drawn adds to the
// warnings of d.
func WriteAll(dir string, mkdir func(string) error, d *Content) error {
	d.Draw()
	var failed []error
	for _, r := range All {
		if r.Applies != nil && !r.Applies(d) {
			continue
		}
		var b bytes.Buffer
		if err := r.Write(&b, d); err != nil {
			return err
		}
		failed = append(failed, durable.WriteFile(filepath.Join(dir, r.Name), b.Bytes()))
	}
	plots := filepath.Join(dir, plotsDir)
	if err := ownDirectory(plots, mkdir); err != nil {
		return joined(append(failed, err))
	}
	for _, p := range d.Pictures {
		failed = append(failed, durable.WriteFile(filepath.Join(plots, p.File), p.PNG))
	}
	return joined(failed)
}

// ownDirectory makes a directory, unless it is there. What is something else is not
// touched: a link may lead to a directory that is somebody else's.
func ownDirectory(path string, mkdir func(string) error) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mkdir(path)
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link, which is not followed: no picture was written; remove it, and iosweep report makes a directory", path)
	case !info.IsDir():
		return fmt.Errorf("%s is no directory: no picture was written; move it away, and iosweep report makes one", path)
	}
	return nil
}

// joined are the errors of files, of which there may be as many as there are files.
func joined(failed []error) error {
	failed = slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	const most = 3
	if n := len(failed) - most; n > 1 {
		failed = append(failed[:most:most], fmt.Errorf("and %d more files could not be written", n))
	}
	return errors.Join(failed...)
}
