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

	"iosweep/internal/workload"
	"iosweep/operations"
	"iosweep/strategies"
)

// BenchmarkFloor puts the engines beside the floor (experiments/floor): the same
// work by a minimal program in C with two threads. Both are timed from when their
// workers stand ready, one after the other in every round, and the figure is the
// median over the rounds of the ratio. TMPDIR says on which file system. To reach:
// at most 1.15.
func BenchmarkFloor(b *testing.B) {
	floor := buildFloor(b)
	for _, size := range []struct {
		name  string
		files int
		bytes int64
	}{{"4KiB", 10_000, 4096}, {"239KB", 1000, 239_034}} {
		w := workload.Workload{Files: size.files, Content: workload.ContentBytes, Size: size.bytes, Seed: 1}
		for _, op := range []string{"write", "read", "copy", "delete"} {
			b.Run(op+"/"+size.name, func(b *testing.B) { besideFloor(b, floor, op, w) })
		}
	}
}

// besideFloor measures eight rounds of one operation. Whose files are made first and
// who works first takes turns: the later files are nearer to the processor.
func besideFloor(b *testing.B, floor, op string, w workload.Workload) {
	var ratios, ours []float64
	for b.Loop() {
		for round := range 8 {
			bench := newFloorBench(b, op, w, round%2 == 0)
			var theirs, mine float64
			if round%4 < 2 {
				theirs = bench.floor(b, floor)
				mine = bench.engine(b)
			} else {
				mine = bench.engine(b)
				theirs = bench.floor(b, floor)
			}
			bench.remove(b)
			ratios, ours = append(ratios, mine/theirs), append(ours, mine)
		}
	}
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(1e6*median(ours)/float64(w.Files), "us/file")
}

// buildFloor compiles the floor.
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

// floorBench is one round: directories for each of the two.
type floorBench struct {
	op   operations.Operation
	site operations.Site // of the engine
	dir  string
}

// anyDirs opens directories anywhere: a benchmark has no workspace. There are no
// others to make or remove, because the items are not nested.
type anyDirs struct{ operations.Dirs }

func (anyDirs) Open(path string) (*os.File, error) { return os.Open(path) }

// newFloorBench prepares the files of both, those of the floor first or last.
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

// floor is how many seconds the floor says that the work took.
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

// engine does the work with two threads.
func (f floorBench) engine(b *testing.B) float64 {
	b.Helper()
	task, err := f.op.Open(f.site)
	must(b, err)
	strategy, _ := strategies.Named("threads")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	addProcessor(strategy.Footprint(1, 1, 1), "") // as a trial has it
	timing, err := strategies.Run(b.Context(), strategy, strategies.Job{
		Task: task, Items: f.site.Workload.Files, Workers: 2, Threads: 1, Chunk: 16, Queue: 16,
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
