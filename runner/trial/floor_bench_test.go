package trial

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
	"iosweep/operations"
	"iosweep/strategies"
)

// BenchmarkFloor compares the strategy threads with the floor (experiments/floor), a minimal C
// program that does the same work with two threads. Both are timed from the moment when their
// workers are ready, one after the other in every round. The result is the median ratio over the
// rounds. TMPDIR selects the file system. The target is at most 1.15.
func BenchmarkFloor(b *testing.B) {
	floor := buildFloor(b)
	for _, size := range []struct {
		name  string
		files int
		bytes int64
	}{{"4KiB", 10_000, 4096}, {"239KB", 1000, 239_034}, {"256MiB", 4, 256 << 20}} {
		w := workload.Workload{Files: size.files, Content: workload.ContentBytes, Size: size.bytes, Seed: 1}
		for _, op := range []string{"write", "read", "copy", "delete"} {
			b.Run(op+"/"+size.name, func(b *testing.B) { besideFloor(b, floor, op, w) })
		}
	}
}

// besideFloor measures eight rounds of one operation. The files that are made later are more
// likely to be in the processor's cache. So the order of making files and the order of the work
// alternate.
func besideFloor(b *testing.B, floor, op string, w workload.Workload) {
	var ratios, times []float64
	for b.Loop() {
		for round := range 8 {
			bench := newFloorBench(b, op, w, round%2 == 0)
			var floorTime, strategyTime float64
			if round%4 < 2 {
				floorTime = bench.floor(b, floor)
				strategyTime = bench.strategy(b)
			} else {
				strategyTime = bench.strategy(b)
				floorTime = bench.floor(b, floor)
			}
			bench.remove(b)
			ratios, times = append(ratios, strategyTime/floorTime), append(times, strategyTime)
		}
	}
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(1e6*median(times)/float64(w.Files), "us/file")
}

// buildFloor compiles the floor and returns its path.
func buildFloor(b *testing.B) string {
	b.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		b.Skip("the floor is a program in C: ", err)
	}
	path := filepath.Join(b.TempDir(), "floor")
	if out, err := exec.Command(cc, "-O2", "-pthread", "-o", path, "../../experiments/floor/floor.c").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// A floorBench is one round, with directories for the floor and the strategy.
type floorBench struct {
	op   operations.Operation
	site operations.Site // of the strategy
	dir  string
}

// anyDirs opens directories anywhere, because a benchmark has no workspace. It cannot make or
// remove directories, because the items are not nested.
type anyDirs struct{ operations.Dirs }

func (anyDirs) Open(path string) (*os.File, error) { return os.Open(path) }

// newFloorBench prepares the files of both, in the given order.
func newFloorBench(b *testing.B, name string, w workload.Workload, floorFirst bool) floorBench {
	b.Helper()
	op, _ := operations.Named(name)
	manifest, err := workload.Survey(b.Context(), w)
	must(b, err)
	dir, err := os.MkdirTemp("", "floor-")
	must(b, err)
	f := floorBench{op: op, dir: dir, site: operations.Site{
		Workload: w, Manifest: manifest, Input: filepath.Join(dir, "in"), Output: filepath.Join(dir, "out"), Dirs: anyDirs{}, Workers: 2,
		Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
	}}
	sides := []string{"", "floor-"}
	if floorFirst {
		sides = []string{"floor-", ""}
	}
	for _, side := range sides {
		site := f.site
		site.Input, site.Output = filepath.Join(dir, side+"in"), filepath.Join(dir, side+"out")
		must(b, os.Mkdir(site.Input, 0o755))
		must(b, os.Mkdir(site.Output, 0o755))
		must(b, operations.Prepare(context.Background(), op, site))
	}
	return f
}

// floor runs the floor and returns the seconds that it reports.
func (f floorBench) floor(b *testing.B, program string) float64 {
	b.Helper()
	w := f.site.Workload
	files, size, seed := strconv.Itoa(w.Files), strconv.FormatInt(w.Size, 10), strconv.FormatInt(w.Seed, 10)
	in, out := filepath.Join(f.dir, "floor-in"), filepath.Join(f.dir, "floor-out")
	argv := map[string][]string{
		"write":  {"-t", "create", "2", out, files, size, seed},
		"read":   {"-t", "read", "2", in, files},
		"copy":   {"-t", "copy", "2", in, out, files},
		"delete": {"-t", "delete", "2", in, files},
	}[f.op.Info().Name]
	text, err := exec.Command(program, argv...).Output()
	must(b, err)
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	must(b, err)
	return seconds
}

// strategy does the work with two threads and returns the seconds.
func (f floorBench) strategy(b *testing.B) float64 {
	b.Helper()
	task, err := f.op.Open(f.site)
	must(b, err)
	strategy, _ := strategies.Named("threads")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer dirio.HoldProcessors(false)
	dirio.HoldProcessors(setScheduler(strategy.Footprint(2, 1, 1), "")) // as in a trial
	timing, err := strategies.Run(b.Context(), strategy, strategies.Job{
		Task: task, Items: f.site.Workload.Files, Workers: 2, Threads: 1, Chunk: min(16, f.site.Workload.Files/2), Queue: 16,
	})
	must(b, err)
	must(b, task.Close())
	_, err = f.op.Verify(f.site, timing.Digests)
	must(b, err)
	return timing.Work.Seconds()
}

func (f floorBench) remove(b *testing.B) {
	b.Helper()
	must(b, os.RemoveAll(f.dir))
}

func median(list []float64) float64 {
	slices.Sort(list)
	if n := len(list); n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[len(list)/2]
}
