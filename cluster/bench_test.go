package cluster

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"iosweep/journal"
)

// BenchmarkSweep cuts a plan of 10,000 cells and 100,000 trials with `iosweep submit --print`. Fake nodes write the
// journals: 1 shard in 20 dies, and 1 in 50 has a twin. `iosweep merge` merges them and writes all reports. The trials and summary.csv must be equal to a run of one machine with the same records.
func BenchmarkSweep(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "iosweep")
	run := func(name string, args ...string) *exec.Cmd {
		b.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		var problem bytes.Buffer
		cmd.Stderr = &problem
		if err := cmd.Run(); err != nil {
			b.Fatalf("%s %q: %v\n%s", name, args, err, problem.String())
		}
		return cmd
	}
	if out, err := exec.Command("go", "build", "-o", program, "iosweep/cmd/iosweep").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	source := gridOf(500, 20, 9)
	if err := os.WriteFile(filepath.Join(dir, "grid.yaml"), []byte(source), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		to := filepath.Join(dir, "sweep")
		begin := time.Now()
		run(program, "submit", "grid.yaml", "--print", "--cpus", "4", "-o", to)
		cut := time.Since(begin)
		s, err := Open(to)
		if err != nil {
			b.Fatal(err)
		}
		plan := parse(b, source)
		if plan.Hash != s.Run.PlanHash || len(s.Run.Cells) != 10_000 || plan.Trials() != 100_000 {
			b.Fatalf("the sweep has %d cells and %d trials", len(s.Run.Cells), plan.Trials())
		}
		want := simulate(b, s, plan)
		begin = time.Now()
		merge := run(program, "merge", to)
		took := time.Since(begin)
		log, err := journal.ReadDir(to)
		if err != nil {
			b.Fatal(err)
		}
		sameTrials(b, log.Trials, want.Trials)
		sameSummary(b, program, to, log, want)
		b.ReportMetric(cut.Seconds(), "cut-s")
		b.ReportMetric(took.Seconds(), "merge-s")
		b.ReportMetric(peakMiB(merge), "merge-MiB")
		b.ReportMetric(float64(len(s.Shards)), "shards")
		if err := os.RemoveAll(to); err != nil {
			b.Fatal(err)
		}
	}
}

// sameSummary compares summary.csv of a merged run with the file of a run of one machine with the same records.
func sameSummary(b *testing.B, program, merged string, log, single *journal.Log) {
	b.Helper()
	dir := b.TempDir()
	one := *single
	one.Run = log.Run
	one.Run.Nodes = nil
	one.Trials = append([]journal.Trial{}, log.Trials...)
	for i := range one.Trials {
		m := *single.Trials[i].Measurement
		one.Trials[i].Node, one.Trials[i].Measurement = "", &m
	}
	if err := journal.WriteFile(filepath.Join(dir, journal.FileName), &one); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command(program, "report", dir, "--format", "json").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	got, err1 := os.ReadFile(filepath.Join(merged, "summary.csv"))
	want, err2 := os.ReadFile(filepath.Join(dir, "summary.csv"))
	if err1 != nil || err2 != nil || !bytes.Equal(got, want) {
		b.Fatalf("summary.csv differs from the file of one machine: %v %v", err1, err2)
	}
}
