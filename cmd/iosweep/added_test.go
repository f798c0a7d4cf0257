package main

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/journal"
	"iosweep/operations"
	"iosweep/reports"
	"iosweep/reports/plot"
	"iosweep/strategies"
)

// addedEnv is the environment variable that makes this binary and its children add
// components: an operation, a strategy, a report and a kind of picture. The children need
// it because the process of a trial looks up operation and strategy by name.
const addedEnv = "IOSWEEP_TEST_COMPONENTS"

func addComponents() {
	operations.All = append(slices.Clone(operations.All), measuring{})
	strategies.All = append(slices.Clone(strategies.All), backwards{})
	reports.All = append(slices.Clone(reports.All), reports.Report{Name: "count.txt", Write: writeCount})
	reports.Formats = append(slices.Clone(reports.Formats), reports.Report{Name: "count", Write: writeCount})
	plot.Kinds = append(slices.Clone(plot.Kinds), plot.Kind{Name: "blank", Always: true, Sketch: blankSketches})
}

// TestAddedComponentsRunAnExperiment: an operation, a strategy, a report and a kind of
// picture that are only added to the lists work like the others. They are parsed, refused in
// unsupported pairs, planned, run, verified, written, drawn and exported.
func TestAddedComponentsRunAnExperiment(t *testing.T) {
	ops, all := operations.All, strategies.All
	files, formats, kinds := reports.All, reports.Formats, plot.Kinds
	t.Cleanup(func() {
		operations.All, strategies.All = ops, all
		reports.All, reports.Formats, plot.Kinds = files, formats, kinds
	})
	t.Setenv(addedEnv, "1")
	addComponents()
	t.Chdir(t.TempDir())
	write := func(grid string) {
		text := "name: newcomers\nworkload: {files: 20, lines: 3}\ntrials: {repeats: 2, warmup: 0}\ngrid:\n" + grid
		if err := os.WriteFile("newcomers.yaml", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("  operation: measure\n  strategy: [sequential, pipeline]\n")
	wantExit(t, exitUsage, "validate", "newcomers.yaml")
	write("  operation: [measure, copy]\n  strategy: [sequential, backwards]\n")
	wantExit(t, exitGood, "plan", "newcomers.yaml")
	wantExit(t, exitGood, "run", "newcomers.yaml", "--out", "out", "--quiet")
	log, err := journal.ReadDir("out")
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]int{}
	for _, trial := range log.Trials {
		if trial.Status == journal.OK && trial.Measurement.Files == 20 {
			good[log.Run.Cells[trial.Cell].Levels["operation"]+" "+log.Run.Cells[trial.Cell].Levels["strategy"]]++
		}
	}
	for _, cell := range []string{"measure sequential", "measure backwards", "copy sequential", "copy backwards"} {
		if good[cell] != 2 {
			t.Errorf("%s has %d successful trials, want 2", cell, good[cell])
		}
	}
	for file, has := range map[string]string{
		"summary.csv": "measure/strategy=backwards,",
		"count.txt":   wantCount,
		"report.md":   "\n![cells of measure](plots/blank-measure.png)\n",
	} {
		text, err := os.ReadFile(filepath.Join("out", file))
		if err != nil || !strings.Contains(string(text), has) {
			t.Errorf("%s does not contain %q (%v):\n%s", file, has, err, text)
		}
	}
	for _, operation := range []string{"measure", "copy"} {
		picture, err := os.Open(filepath.Join("out", "plots", "blank-"+operation+".png"))
		if err != nil {
			t.Error(err)
			continue
		}
		defer picture.Close()
		if size, err := png.DecodeConfig(picture); err != nil || size.Width != 2 {
			t.Errorf("the picture of %s has %d columns, want one for each of 2 cells (%v)", operation, size.Width, err)
		}
	}
	if s := wantExit(t, exitGood, "export", "out", "--format", "count"); s.out != wantCount {
		t.Errorf("the export is %q", s.out)
	}
}

// wantCount is the output of writeCount.
const wantCount = "measure: 2 cells, baseline sequential\ncopy: 2 cells, baseline sequential\n"

// writeCount writes a report with the number of cells of each table.
func writeCount(w io.Writer, c *reports.Content) error {
	for _, g := range c.Tables {
		if _, err := fmt.Fprintf(w, "%s: %d cells, baseline %s\n", g.Heading, len(g.Cells), g.BaselineLabel); err != nil {
			return err
		}
	}
	return nil
}

// blankSketches returns a blank picture for each table, one pixel wide for each cell.
func blankSketches(src plot.Source) []plot.Sketch {
	var list []plot.Sketch
	for _, g := range src.Tables {
		list = append(list, plot.Sketch{Name: "blank " + g.Heading, Alt: "cells of " + g.Heading, Draw: func(plot.Layout) (*plot.Drawing, error) {
			blank := func(c draw.Canvas) { c.FillPolygon(color.Gray{Y: 1}, []vg.Point{{}, c.Max, {Y: c.Max.Y}}) }
			return &plot.Drawing{Width: vg.Inch * vg.Length(len(g.Cells)) / 96, Height: vg.Inch / 96, Draw: blank}, nil
		}})
	}
	return list
}

// measuring is an operation that writes the size of every file into another.
type measuring struct{}

var _ operations.Operation = measuring{}

func (measuring) Info() operations.Info {
	return operations.Info{Name: "measure", About: "write the size of every file into another", Needs: operations.NeedsFiles}
}

func (measuring) Open(site operations.Site) (operations.Task, error) { return measureTask{site}, nil }

func (measuring) Footprint(site operations.Site, items operations.WorkloadSize) operations.Footprint {
	sum := items.Dirs(site).Plus(items.NewNames())
	for range items.Items {
		sum = sum.Plus(items.File(20)) // of digits
	}
	return sum
}

func (measuring) Descriptors(operations.Site) operations.Descriptors {
	return operations.Descriptors{Storing: 1}
}

func (measuring) Verify(site operations.Site, _ []uint32) (operations.Outcome, error) {
	for item, file := range site.Manifest.All() {
		text, err := os.ReadFile(filepath.Join(site.Output, file.Name))
		if err == nil && string(text) != fmt.Sprint(file.Size) {
			err = fmt.Errorf("%q where %d was expected", text, file.Size)
		}
		if err != nil {
			return operations.Outcome{}, fmt.Errorf("item %d %q: %w", item, file.Name, err)
		}
	}
	return operations.Outcome{Items: site.Manifest.Len(), Bytes: site.Manifest.Bytes()}, nil
}

type measureTask struct{ site operations.Site }

func (t measureTask) Do(_ *operations.Scratch, item int) (operations.Result, error) {
	name := t.site.Manifest.Name(item)
	info, err := os.Stat(filepath.Join(t.site.Input, name))
	if err != nil {
		return operations.Result{}, err
	}
	err = os.WriteFile(filepath.Join(t.site.Output, name), fmt.Append(nil, info.Size()), 0o644)
	return operations.Result{Bytes: info.Size()}, err
}

func (measureTask) Close() error { return nil }

// backwards is a strategy that does one item after another, the last one first.
type backwards struct{}

var _ strategies.Strategy = backwards{}

func (backwards) Info() strategies.Info {
	return strategies.Info{Name: "backwards", About: "one item after another, the last one first"}
}

func (backwards) Footprint(_, _, _ int) strategies.Footprint { return strategies.Footprint{Workers: 1} }

func (backwards) Start(_ context.Context, job strategies.Job) (strategies.Pool, error) {
	return &backwardsPool{job, strategies.Stats{Digests: make([]uint32, job.Items), Latency: strategies.NewLatency()}}, nil
}

type backwardsPool struct {
	job   strategies.Job
	stats strategies.Stats
}

func (p *backwardsPool) Work(ctx context.Context) (err error) {
	opened := time.Now()
	task, bracketed := p.job.Task.(operations.Bracketed)
	if bracketed {
		if err := task.Begin(); err != nil {
			return err
		}
	}
	var scratch operations.Scratch
	defer func() { err = errors.Join(err, scratch.Close()) }()
	for item := p.job.Items - 1; item >= 0; item-- {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		begun := time.Now()
		done, err := p.job.Task.Do(&scratch, item)
		if err != nil {
			return err
		}
		p.stats.Latency.Record(time.Since(begun))
		p.stats.Digests[item] = done.Digest
		p.stats.Items++
		p.stats.Bytes += done.Bytes
	}
	p.stats.FirstDone = time.Since(opened)
	p.stats.LastDone = p.stats.FirstDone
	if bracketed {
		return task.End()
	}
	return nil
}

func (p *backwardsPool) Stop() (strategies.Stats, error) { return p.stats, nil }
