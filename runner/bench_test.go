package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// These benchmarks measure the targets of the program. Each result is a ratio or a sum within one
// run, so that a noisy machine affects both sides.

// BenchmarkPlan100kCells parses and expands the largest grid that is allowed, orders six rounds of
// it, and describes each cell. The target is less than 2 s and 300 MiB.
func BenchmarkPlan100kCells(b *testing.B) {
	source := []byte(fmt.Sprintf(`
name: large
workload: {files: 100, lines: 1}
workspace: %q
grid:
  - {operation: write, strategy: sequential}
  - operation: write
    strategy: threads
    workers: {from: 1, to: 1000, step: 1}
    chunk_size: {from: 1, to: 99, step: 1}
trials: {repeats: 5, warmup: 1}
`, b.TempDir()))
	var peak uint64
	for b.Loop() {
		before := heap()
		e, err := experiments.Parse(source, experiments.Options{File: "large.yaml", Catalogue: catalogue.New(), CPUs: 4})
		if err != nil {
			b.Fatal(err)
		}
		prep, err := preflight.Prepare(context.Background(), schedule.NewPlan(e), preflight.Base{}, func(string) {})
		if err != nil {
			b.Fatal(err)
		}
		if len(prep.Cells) != 99_001 || prep.Plan.Rounds != 6 {
			b.Fatalf("%d cells, %d rounds", len(prep.Cells), prep.Plan.Rounds)
		}
		peak = max(peak, heap()-before)
		runtime.KeepAlive(prep)
	}
	b.ReportMetric(float64(peak)/(1<<20), "MiB-held")
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// memoryDir returns a directory whose files are in memory, if there is one, because the noise of a
// disk is not part of the result.
func memoryDir(b *testing.B) string {
	dir, err := os.MkdirTemp("/dev/shm", "iosweep-bench-")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// benchRun runs an experiment in memory and returns its journal.
func benchRun(b *testing.B, source string) *journal.Log {
	b.Helper()
	return runGood(b, source, memoryDir(b))
}

// runGood runs an experiment in a workspace and returns its journal. No trial may fail.
func runGood(b testing.TB, source, workspace string) *journal.Log {
	b.Helper()
	e := parse(b, source, "workspace="+workspace)
	prep, err := preflight.Prepare(b.Context(), schedule.NewPlan(e), preflight.Base{}, func(string) {})
	if err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(b.TempDir(), "out")
	ending, err := Run(b.Context(), prep, Options{Origin: journal.Origin{Source: source}, Out: out, Progress: &silent{}})
	if err != nil {
		b.Fatalf("%+v, %v", ending, err)
	}
	log, err := journal.ReadDir(out)
	if err != nil {
		b.Fatal(err)
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			b.Errorf("%s is %s: %s", trial.Name, trial.Status, trial.Error)
		}
	}
	if b.Failed() {
		b.FailNow()
	}
	return log
}

// BenchmarkHarness runs trials with hardly any work, to measure their process, workspace,
// verification and journal. The timed work is subtracted. The target is at most 20 ms per trial.
func BenchmarkHarness(b *testing.B) {
	var perTrial []float64
	for b.Loop() {
		const trials = 40
		log := benchRun(b, fmt.Sprintf(`
name: harness
workload: {files: 1, lines: 1}
grid: {operation: write, strategy: sequential}
trials: {repeats: %d, warmup: 0}
`, trials))
		end := log.Notes[len(log.Notes)-1].At
		spent := end.Sub(log.Trials[0].StartedAt).Seconds()
		for _, t := range log.Trials {
			spent -= t.Measurement.Seconds
		}
		perTrial = append(perTrial, 1000*spent/trials)
	}
	b.ReportMetric(median(perTrial), "ms/trial")
}

// BenchmarkThreadsAgainstSequential writes 1,000 files of 5,000 lines, which is bound by the CPU.
// The target: two workers are at least 1.8 times as fast as the sequential strategy.
func BenchmarkThreadsAgainstSequential(b *testing.B) {
	var log *journal.Log
	for b.Loop() {
		log = benchRun(b, `
name: threads
workload: {files: 1000, lines: 5000}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: [threads, processes], workers: 2, chunk_size: [1, auto]}
trials: {repeats: 7, warmup: 1}
`)
	}
	for _, cell := range []string{"threads/workers=2/chunk_size=1", "threads/workers=2/chunk_size=auto", "processes/workers=2/chunk_size=1", "processes/workers=2/chunk_size=auto"} {
		b.ReportMetric(ratio(b, log, "sequential", cell), strings.ReplaceAll(strings.ReplaceAll(cell, "/workers=2/chunk_size", ""), "=", "-")+"-speedup")
	}
}

// BenchmarkProcessTask measures the time of one task over the pipe of a worker process. It reads
// 10,000 empty files of a tree one by one, and subtracts the start.
func BenchmarkProcessTask(b *testing.B) {
	var log *journal.Log
	for b.Loop() {
		log = benchRun(b, `
name: task
workload: {files: 10000, content: bytes, size: 0}
grid:
  - {operation: read, strategy: [sequential]}
  - {operation: read, strategy: [processes], workers: 1}
trials: {repeats: 5, warmup: 1}
`)
	}
	var per []float64
	for _, t := range log.Trials {
		if t.Phase == journal.Measured && strings.Contains(t.Name, "processes") {
			per = append(per, 1e6*t.Measurement.Work/float64(t.Measurement.Files))
		}
	}
	b.ReportMetric(median(per), "us/task")
}

// ratio returns the median over rounds of the time of one cell divided by the time of another.
func ratio(b *testing.B, log *journal.Log, over, under string) float64 {
	b.Helper()
	seconds := map[string]map[int]float64{}
	for _, t := range log.Trials {
		if t.Phase != journal.Measured {
			continue
		}
		for _, name := range []string{over, under} {
			if strings.HasSuffix(t.Name, "strategy="+name) {
				if seconds[name] == nil {
					seconds[name] = map[int]float64{}
				}
				seconds[name][t.Round] = t.Measurement.Seconds
			}
		}
	}
	var ratios []float64
	for round, s := range seconds[over] {
		ratios = append(ratios, s/seconds[under][round])
	}
	if len(ratios) == 0 {
		b.Fatalf("the journal has no trials of %s", over)
	}
	return median(ratios)
}

func median(list []float64) float64 {
	slices.Sort(list)
	if n := len(list); n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[len(list)/2]
}

// BenchmarkResume1M measures the time from resuming a run of a million trials until the first of
// the ten remaining trials starts. The target is less than 15 s.
func BenchmarkResume1M(b *testing.B) {
	const cells, rounds, remaining = 50, 20_000, 10
	dir := memoryDir(b)
	space := memoryDir(b)
	e := parse(b, fmt.Sprintf(`
name: million
workload: {files: 2, lines: 1}
workspace: %q
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: {from: 1, to: %d, step: 1}}
trials: {repeats: %d, warmup: 0}
`, space, cells-1, rounds))
	writeMillion(b, dir, schedule.NewPlan(e), remaining)
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		previous, err := OpenPrevious(dir)
		if err != nil {
			b.Fatal(err)
		}
		prep, err := preflight.Prepare(ctx, schedule.NewPlan(e), preflight.Base{}, func(string) {})
		if err != nil {
			b.Fatal(err)
		}
		first := &stopping{cancel: cancel}
		began := time.Now()
		if _, err := Resume(ctx, prep, previous, false, Options{Out: dir, Progress: first}); err != nil {
			b.Fatal(err)
		}
		if first.begun.Number <= cells*rounds-remaining {
			b.Fatalf("the run started with trial %d after %v, want one of the last %d", first.begun.Number, time.Since(began), remaining)
		}
	}
}

// stopping cancels a run when its first trial begins.
type stopping struct {
	silent
	cancel func()
	begun  TrialInfo
}

func (s *stopping) Begun(t TrialInfo) {
	s.begun = t
	s.cancel()
}

// writeMillion writes the journal of a run without the remaining trials.
func writeMillion(b *testing.B, dir string, plan *schedule.Plan, remaining int) {
	b.Helper()
	header, err := planHeader(plan, preflight.PlannedCells(plan.Experiment), Options{})
	if err != nil {
		b.Fatal(err)
	}
	machine := sysinfo.Read()
	header.ID, header.Machine.OS, header.Machine.CPUs = "20260102-030405-1a2b3c4d", machine.OS, machine.CPUs
	w, err := journal.Create(filepath.Join(dir, journal.FileName))
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	if err := w.Append(journal.Entry{Run: &header}); err != nil {
		b.Fatal(err)
	}
	n, last := 0, plan.Trials()-remaining
	for i := range plan.Rounds {
		round := plan.Round(i)
		for _, cell := range plan.Order(i) {
			if n++; n > last {
				return
			}
			x := new(float64(n) / 1e7)
			trial := journal.Trial{
				Trial: n, Round: round.Number, Phase: round.Phase, Cell: cell, Name: header.Cells[cell].Name, Attempt: 1, Status: journal.OK,
				Measurement: &journal.Measurement{
					Seconds: *x, Startup: x, Work: *x, FirstDone: x, User: x, System: x, MaxRSS: new(int64(n)),
					VoluntarySwitches: new(int64(n)), InvoluntarySwitches: new(int64(n)), Files: 2, Bytes: 100, OutputBytes: 100,
					Latency: strings.Repeat("HISTFAAA", 40), LatencyP50: x, LatencyP90: x, LatencyP99: x, LatencyMax: x, StealFraction: x,
				},
			}
			if err := w.Append(journal.Entry{Trial: &trial}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
