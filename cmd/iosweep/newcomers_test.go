package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iosweep/journal"
	"iosweep/operations"
	"iosweep/strategies"
)

// newcomersEnv adds an operation and a strategy to the lists of this binary and of its
// children: a trial looks both up by name in a process of its own.
const newcomersEnv = "IOSWEEP_TEST_NEWCOMERS"

func addNewcomers() {
	operations.All = append(operations.All[:len(operations.All):len(operations.All)], measuring{})
	strategies.All = append(strategies.All[:len(strategies.All):len(strategies.All)], backwards{})
}

// TestNewcomersRunAWholeExperiment: an operation and a strategy that were only added to
// the lists are parsed, refused where they cannot be combined, planned, run, verified
// and reported like all others.
func TestNewcomersRunAWholeExperiment(t *testing.T) {
	ops, all := operations.All, strategies.All
	t.Cleanup(func() { operations.All, strategies.All = ops, all })
	t.Setenv(newcomersEnv, "1")
	addNewcomers()
	t.Chdir(t.TempDir())
	write := func(grid string) {
		text := "name: newcomers\nworkload: {files: 20, lines: 3}\ntrials: {repeats: 2, warmup: 0}\ngrid:\n" + grid
		if err := os.WriteFile("newcomers.yaml", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("  operation: measure\n  strategy: [sequential, pipeline]\n")
	want(t, exitUsage, "validate", "newcomers.yaml")
	write("  operation: [measure, copy]\n  strategy: [sequential, backwards]\n")
	want(t, exitGood, "plan", "newcomers.yaml")
	want(t, exitGood, "run", "newcomers.yaml", "--out", "out", "--quiet")
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
			t.Errorf("%s has %d good trials, want 2", cell, good[cell])
		}
	}
	if _, err := os.Stat(filepath.Join("out", "summary.csv")); err != nil {
		t.Error(err)
	}
}

// measuring is an operation that writes the size of every file into another.
type measuring struct{}

var _ operations.Operation = measuring{}

func (measuring) Info() operations.Info {
	return operations.Info{Name: "measure", About: "write the size of every file into another", Needs: operations.NeedsFiles}
}

func (measuring) Open(site operations.Site) (operations.Task, error) { return measureTask{site}, nil }

func (measuring) Footprint(site operations.Site, items operations.Extent) operations.Footprint {
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

func (t measureTask) Do(_ *operations.Scratch, item int) (operations.Done, error) {
	name := t.site.Manifest.Name(item)
	info, err := os.Stat(filepath.Join(t.site.Input, name))
	if err != nil {
		return operations.Done{}, err
	}
	err = os.WriteFile(filepath.Join(t.site.Output, name), fmt.Append(nil, info.Size()), 0o644)
	return operations.Done{Bytes: info.Size()}, err
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
