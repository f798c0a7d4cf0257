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
	"strings"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/durable"
	"iosweep/internal/parallel"
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
	// NoPictures is set for a report without pictures.
	NoPictures bool
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
	{Name: effectsFile, Write: writeEffectsCSV, Applies: hasEffects},
	{Name: "scaling.csv", Write: writeScalingCSV, Applies: hasSweeps},
	{Name: nodesFile, Write: writeNodesCSV, Applies: hasNodes},
}

// Formats lists the formats of iosweep export.
var Formats = []Report{
	{Name: "csv", Write: writeSummaryCSV},
	{Name: "json", Write: writeJSON},
	{Name: "hyperfine", Write: writeHyperfine, Omissions: notExportedTimes},
	{Name: "benchfmt", Write: writeBenchmarks, Omissions: notExported},
	{Name: "markdown", Write: writeIllustrated},
	{Name: "latex", Write: writeLaTeX},
	{Name: "github-action-benchmark", Write: writeGitHubBenchmark, Omissions: notExportedFigures},
}

// Columns returns the meanings of the columns of each table, without the axes. The keys are the
// names of the files, and "compare" for the table of a comparison, which has no file.
func Columns() map[string][]table.Meaning {
	return map[string][]table.Meaning{
		"trials.csv":    table.Meanings(slices.Concat(trialFields(), trialMetrics(anyMetric), trialNode(anyNode))),
		"summary.csv":   table.Meanings(append(summaryFields(), summaryMetrics(anyMetric)...)),
		"details.csv":   append([]table.Meaning{{Name: "cell", Doc: "name of the cell"}}, table.Meanings(detailFields())...),
		effectsFile:     table.Meanings(effectFields()),
		"scaling.csv":   table.Meanings(scalingFields()),
		nodesFile:       table.Meanings(append(nodeFields(), lifted(summaryMetrics(anyMetric))...)),
		"published.csv": table.Meanings(publishedColumns()),
		"compare":       table.Meanings(slices.Concat(comparisonFields(), comparisonRuns(false), comparisonMetrics())),
	}
}

// plotsDir is the directory of the pictures in the results directory.
const plotsDir = "plots"

// A File is a file of a results directory.
type File struct {
	Name string // relative to the directory, with slashes
	Data []byte
}

// Files returns every report and picture of a run. It adds a warning to d for each picture that
// cannot be drawn.
func Files(d *Content) ([]File, error) {
	d.Draw()
	applying := slices.DeleteFunc(slices.Clone(All), func(r Report) bool { return r.Applies != nil && !r.Applies(d) })
	files := make([]File, len(applying))
	err := parallel.Do(len(applying), func(i int) error {
		var b bytes.Buffer
		err := applying[i].Write(&b, d)
		files[i] = File{applying[i].Name, b.Bytes()}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, p := range d.Pictures {
		for _, f := range p.Files {
			files = append(files, File{plotsDir + "/" + f.Name, f.Data})
		}
	}
	return files, nil
}

// WriteAll writes every report of a run to its results directory. mkdir creates one directory,
// and returns no error if it exists. WriteAll never deletes a file. It replaces the files of an
// earlier call as a whole. If it cannot write a file, it still writes the others; the error
// names the first failed file with the reason, and then the others. It adds a warning to d for each
// picture that cannot be drawn.
func WriteAll(dir string, mkdir func(string) error, d *Content) error {
	files, err := Files(d)
	if err != nil {
		return err
	}
	noPlots := ensureDirectory(filepath.Join(dir, plotsDir), mkdir)
	failed := map[string]error{}
	for _, f := range files {
		err := noPlots
		if noPlots == nil || !strings.HasPrefix(f.Name, plotsDir+"/") {
			err = durable.WriteFile(filepath.Join(dir, f.Name), f.Data)
		}
		if err != nil {
			failed[f.Name] = err
		}
	}
	if len(failed) == 0 {
		return noPlots
	}
	return unwritten(files, failed)
}

// unwritten returns an error with each reason why files could not be written. Usually all have the
// same reason. The error of the first file has its name; the names of the others follow.
func unwritten(files []File, failed map[string]error) error {
	const most = 12
	var reasons []string
	first, others := map[string]error{}, map[string][]string{}
	for _, f := range files {
		err := failed[f.Name]
		if err == nil {
			continue
		}
		reason := err.Error()
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			reason = e.Err.Error()
		}
		if first[reason] == nil {
			reasons, first[reason] = append(reasons, reason), err
			continue
		}
		others[reason] = append(others[reason], f.Name)
	}
	var list []error
	for _, reason := range reasons {
		list = append(list, first[reason])
		names := others[reason]
		if n := len(names) - most; n > 1 {
			names = append(names[:most:most], fmt.Sprintf("and %d more", n))
		}
		if len(names) > 0 {
			list = append(list, errors.New("not written for the same reason: "+strings.Join(names, ", ")))
		}
	}
	return errors.Join(list...)
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
