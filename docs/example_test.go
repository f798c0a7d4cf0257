package docs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/reports"
	"iosweep/strategies"
)

// linking is an operation that links every item into another directory.
type linking struct{}

var _ operations.Operation = linking{}

func (linking) Info() operations.Info {
	return operations.Info{
		Name:  "link",
		About: "link every file into a second directory",
		Needs: operations.NeedsFiles,
	}
}

func (linking) Open(site operations.Site) (operations.Task, error) {
	return linkTask{site}, nil
}

type linkTask struct{ site operations.Site }

var _ operations.Bracketed = linkTask{}

// Begin makes the directories of a nested tree. It is timed, because it is part of
// the operation.
func (t linkTask) Begin() error {
	for _, name := range t.site.Manifest.Dirs { // parents first
		if err := t.site.Dirs.Mkdir(filepath.Join(t.site.Output, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

func (t linkTask) End() error { return nil }

// Do links one item. It needs no buffers, so it does not use the scratch.
func (t linkTask) Do(_ *operations.Scratch, item int) (operations.Result, error) {
	file := t.site.Manifest.File(item)
	name := filepath.FromSlash(file.Name)
	err := os.Link(filepath.Join(t.site.Input, name), filepath.Join(t.site.Output, name))
	if err != nil {
		return operations.Result{}, fmt.Errorf("item %d %q: %w", item, file.Name, err)
	}
	return operations.Result{Bytes: file.Size}, nil
}

func (t linkTask) Close() error { return nil }

// Verify checks that every item in the output is a link to its input.
func (linking) Verify(site operations.Site, _ []uint32) (operations.Outcome, error) {
	for item, file := range site.Manifest.All() {
		name := filepath.FromSlash(file.Name)
		from, err := os.Stat(filepath.Join(site.Input, name))
		if err != nil {
			return operations.Outcome{}, err
		}
		to, err := os.Lstat(filepath.Join(site.Output, name))
		if err != nil {
			return operations.Outcome{}, fmt.Errorf("item %d: %w", item, err)
		}
		if !os.SameFile(from, to) {
			return operations.Outcome{}, fmt.Errorf("item %d %q: this is a separate file, not a link", item, file.Name)
		}
	}
	return operations.Outcome{Items: site.Manifest.Len(), Bytes: site.Manifest.Bytes()}, nil
}

// Footprint returns the directories and names that a trial makes in the output directory.
func (linking) Footprint(site operations.Site, items operations.WorkloadSize) operations.Footprint {
	return items.Dirs(site).Plus(items.NewNames())
}

// Descriptors returns zero: the example uses paths and keeps no file open.
func (linking) Descriptors(operations.Site) operations.Descriptors {
	return operations.Descriptors{}
}

// backwards is a strategy that does one item after another, from the last to the first.
type backwards struct{}

var _ strategies.Strategy = backwards{}

func (backwards) Info() strategies.Info {
	return strategies.Info{Name: "backwards", About: "one item after another, from the last to the first"}
}

// Footprint returns the resources of one worker in the trial's process.
func (backwards) Footprint(_, _, _ int) strategies.Footprint { return strategies.Footprint{Workers: 1} }

// Start starts no workers: the caller is the only worker.
func (backwards) Start(_ context.Context, job strategies.Job) (strategies.Pool, error) {
	return &backwardsPool{job: job, stats: strategies.Stats{
		Digests: make([]uint32, job.Items), Latency: strategies.NewLatency(),
	}}, nil
}

type backwardsPool struct {
	job   strategies.Job
	stats strategies.Stats
}

// Work does all items. It is timed, with the task's Begin and End.
func (p *backwardsPool) Work(ctx context.Context) error {
	opened := time.Now()
	task, bracketed := p.job.Task.(operations.Bracketed)
	if bracketed {
		if err := task.Begin(); err != nil {
			return err
		}
	}
	if err := p.items(ctx); err != nil {
		return err
	}
	p.stats.FirstDone = time.Since(opened)
	p.stats.LastDone = p.stats.FirstDone
	if bracketed {
		return task.End()
	}
	return nil
}

func (p *backwardsPool) items(ctx context.Context) (err error) {
	var scratch operations.Scratch
	defer func() { err = errors.Join(err, scratch.Close()) }()
	for item := p.job.Items - 1; item >= 0; item-- {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		start := time.Now()
		result, err := p.job.Task.Do(&scratch, item)
		if err != nil {
			return err
		}
		p.stats.Latency.Record(time.Since(start))
		p.stats.Digests[item] = result.Digest
		p.stats.Items++
		p.stats.Bytes += result.Bytes
	}
	return nil
}

func (p *backwardsPool) Stop() (strategies.Stats, error) { return p.stats, nil }

// fastest is a report with one line for each table: its fastest cell.
var fastest = reports.Report{Name: "fastest.txt", Write: writeFastest}

func writeFastest(w io.Writer, d *reports.Content) error {
	for _, t := range d.Tables {
		var best *analysis.Summary
		for _, s := range t.Cells {
			if s.Seconds.Mean.OK && (best == nil || s.Seconds.Mean.X < best.Seconds.Mean.X) {
				best = s
			}
		}
		if best == nil {
			continue // no cell of this table has a good trial
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", best.Cell.Name, format.Seconds(best.Seconds.Mean)); err != nil {
			return err
		}
	}
	return nil
}

// site prepares 20 files for an operation in a new workspace.
func site(ctx context.Context, ws *workspace.Workspace, op operations.Operation) (operations.Site, error) {
	s := operations.Site{
		Workload: workload.Workload{Files: 20, Content: workload.ContentRows, Lines: 100, Values: 10},
		Dirs:     ws, Layout: operations.LayoutShared, Workers: 1,
	}
	var err error
	if s.Manifest, err = workload.Survey(ctx, s.Workload); err != nil {
		return s, err
	}
	if s.Input, err = ws.Make("input"); err != nil {
		return s, err
	}
	if s.Output, err = ws.Make("output"); err != nil {
		return s, err
	}
	return s, operations.Prepare(ctx, op, s)
}

// tryBackwards runs the operation with the strategy, as a trial does.
func tryBackwards(ctx context.Context, op operations.Operation, parent string) (err error) {
	ws, err := workspace.Create(parent, "example")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ws.Remove()) }()
	s, err := site(ctx, ws, op)
	if err != nil {
		return err
	}
	task, err := op.Open(s)
	if err != nil {
		return err
	}
	timing, err := strategies.Run(ctx, backwards{}, strategies.Job{Task: task, Items: s.Manifest.Len()})
	if err := errors.Join(err, task.Close()); err != nil {
		return err
	}
	outcome, err := op.Verify(s, timing.Digests)
	if err != nil {
		return err
	}
	fmt.Printf("%s did %d of %d items, %d bytes\n", backwards{}.Info().Name, timing.Items, outcome.Items, timing.Bytes)
	return nil
}

// A new operation and a new strategy use the same interfaces as the operations and
// strategies of iosweep.
func Example() {
	dir, err := os.MkdirTemp("", "iosweep-docs-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := tryBackwards(context.Background(), linking{}, dir); err != nil {
		fmt.Println(err)
	}
	// Output: backwards did 20 of 20 items, 62560 bytes
}

// A new report gets the same data as every other report.
func Example_report() {
	cell := func(name string) journal.Cell {
		return journal.Cell{Name: name, Levels: map[string]string{"operation": "copy", "strategy": name}, Files: 20}
	}
	trial := func(cell int, seconds float64) journal.Trial {
		return journal.Trial{
			Cell: cell, Round: 1, Phase: journal.Measured, Status: journal.OK,
			Measurement: &journal.Measurement{Seconds: seconds, Files: 20},
		}
	}
	log := &journal.Log{
		Run:    journal.Run{Repeats: 1, Cells: []journal.Cell{cell("sequential"), cell("backwards")}},
		Trials: []journal.Trial{trial(0, 0.25), trial(1, 0.125)},
	}
	if err := fastest.Write(os.Stdout, reports.New(log)); err != nil {
		fmt.Println(err)
	}
	// Output: backwards: 125 ms
}
