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

// Content is everything that a report can show.
type Content struct {
	*analysis.Data
	// Published is the published table that the run is compared with; nil if there is none.
	Published *reproduce.Reproduction
	// Footnotes explain unusual values of all cells.
	Footnotes []string
	// Pictures are the pictures of the report, in order.
	Pictures []plot.Picture
}

// New returns the content of a report on a journal, without pictures. Draw adds them.
func New(log *journal.Log) *Content {
	d := analysis.New(log)
	published := reproduce.New(d)
	return &Content{Data: d, Published: published, Footnotes: analysis.Footnotes(d, published != nil, analysis.Every)}
}

// Draw adds the pictures that the experiment asks for, and a warning for each picture that
// could not be drawn.
func (c *Content) Draw() {
	pictures, warnings := plot.Draw(plot.Source{Data: c.Data, Published: c.Published})
	c.Pictures = pictures
	c.Warnings = append(c.Warnings, warnings...)
}

// A Report is a report on a run in one format. The caller of Write opens, syncs and renames
// the file.
type Report struct {
	// Name is the name of the file in the results directory. In Formats it is the name of
	// the format.
	Name string
	// Write writes the whole report. It returns only errors of w.
	Write func(w io.Writer, c *Content) error
	// Applies reports whether a run has this report; nil means that every run has it.
	Applies func(c *Content) bool
	// Omissions describes the parts of a run that the report leaves out, and why; nil means
	// that it leaves out nothing.
	Omissions func(c *Content) []string
}

// All lists the reports in the results directory of a run.
var All = []Report{
	{Name: "trials.csv", Write: writeTrialsCSV},
	{Name: "summary.csv", Write: writeSummaryCSV},
	{Name: "details.csv", Write: writeDetailsCSV},
	{Name: "report.md", Write: writeMarkdown},
	{Name: "report.html", Write: writeHTML},
	{Name: "published.csv", Write: writePublishedCSV, Applies: hasPublished},
	{Name: "scaling.csv", Write: writeScalingCSV, Applies: hasSweeps},
}

// Formats lists the formats of iosweep export.
var Formats = []Report{
	{Name: "csv", Write: writeSummaryCSV},
	{Name: "json", Write: writeJSON},
	{Name: "hyperfine", Write: writeHyperfine, Omissions: notExported},
	{Name: "benchfmt", Write: writeBenchmarks, Omissions: notExported},
	{Name: "markdown", Write: writeIllustrated},
}

// Columns returns the meanings of the columns of each table, without the axes. The keys are the
// names of the files, and "compare" for the table of a comparison, which has no file.
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

// plotsDir is the directory of the pictures in the results directory.
const plotsDir = "plots"

// WriteAll writes every report of a run to its results directory. mkdir creates one directory,
// and returns no error if it exists. WriteAll never deletes a file. It replaces the files of an
// earlier call as a whole. If it cannot write a file, it still writes the others; the error
// names the first failed files. It adds a warning to d for each picture that cannot be drawn.
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
	if err := ensureDirectory(plots, mkdir); err != nil {
		return joinErrors(append(failed, err))
	}
	for _, p := range d.Pictures {
		for _, f := range p.Files {
			failed = append(failed, durable.WriteFile(filepath.Join(plots, f.Name), f.Data))
		}
	}
	return joinErrors(failed)
}

// ensureDirectory creates a directory if it does not exist. It returns an error for anything
// else of that name. That includes a symbolic link, which can lead to a directory of another
// program.
func ensureDirectory(path string, mkdir func(string) error) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mkdir(path)
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link, and iosweep does not follow it: no pictures were written; remove the link, then run iosweep report", path)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory: no pictures were written; move it away, then run iosweep report", path)
	}
	return nil
}

// joinErrors joins the errors of files. It shows at most four lines, because every file can
// fail.
func joinErrors(failed []error) error {
	failed = slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	const most = 3
	if n := len(failed) - most; n > 1 {
		failed = append(failed[:most:most], fmt.Errorf("and %d more files could not be written", n))
	}
	return errors.Join(failed...)
}
