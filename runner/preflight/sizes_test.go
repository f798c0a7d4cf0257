package preflight

import (
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/runner/schedule"
)

// TestTotalMustFit checks workloads that are too large for any disk, and their figures. None of them
// is surveyed.
func TestTotalMustFit(t *testing.T) {
	for _, test := range []struct{ keys, want string }{
		{"files: 10, content: bytes, size: 4GiB", ""},
		{"files: 300, content: bytes, size: 4GiB", "the 300 files of this workload have at least 1.17 TiB, and the file system of workspace"},
		{"files: 1, lines: 1000000000, values: 1000000000", "the 1 file of this workload have at least 1"},
		{"files: 10000000, content: bytes, size: 9000000000GB", "at least"},
		{"files: 1000, content: bytes, size: {lognormal: {median: 1GiB, sigma: 2}}", "TiB, the largest file "},
		{"files: 10000000, content: bytes, size: {lognormal: {median: 1024GiB, sigma: 5}}", "more than 8 EiB"},
		{"files: 1000, content: bytes, size: {lognormal: {median: 1KiB, sigma: 2}}", ""},
		{"files: 10, content: random, lines: 1000000000, values: 1000", "at least"},
		{"files: 1000, content: tasks", ""},
	} {
		e := parse(t, "name: x\nworkload: {"+test.keys+"}\ngrid: {operation: write, strategy: sequential}\n")
		l := locator{experiment: e}
		at := where{Workspace: "/data", Workload: workloadOf(e, e.Cells[0])}
		l.checkTotal(e.Cells[0], at, sysinfo.Space{Known: true, Total: 1 << 40})
		err := l.err()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "1.00 TiB in all")) {
			t.Errorf("%s: %v, want %q", test.keys, err, test.want)
		}
	}
}

func TestBlocksMustFitIntoMemory(t *testing.T) {
	prep, err := Prepare(t.Context(), schedule.NewPlan(parse(t, `
name: blocks
workload: {files: 2, content: bytes, size: 3MiB}
grid: {operation: read, strategy: [sequential, threads], workers: [1, 8], block_size: [auto, 4KiB, 1MiB, 16MiB, whole]}
baseline: {strategy: sequential}
`, "workspace="+t.TempDir())), Base{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for available, want := range map[int64][]string{
		0:         nil,
		200 << 20: nil,
		90 << 20:  {"block_size 16.0 MiB needs 96.0 MiB of memory with 8 workers (4 x 3.00 MiB each), and 90.0 MiB are available"},
		20 << 20: {
			"block_size 1.00 MiB needs 32.0 MiB of memory with 8 workers (4 x 1.00 MiB each)",
			"block_size 16.0 MiB needs 96.0 MiB",
			"block_size whole needs 24.0 MiB of memory with 8 workers (1 x 3.00 MiB each)",
		},
	} {
		var problems experiments.Problems
		problems, _ = prep.checkMemory(available).(experiments.Problems)
		if len(problems) != len(want) {
			t.Errorf("with %d bytes: %v, want %d problems", available, problems, len(want))
			continue
		}
		for _, text := range want {
			if !strings.Contains(problems.Error(), text) {
				t.Errorf("with %d bytes: %v, want %q", available, problems, text)
			}
		}
	}
}

// TestSizesOfDistribution checks the sizes in the journal.
func TestSizesOfDistribution(t *testing.T) {
	e := parse(t, `
name: photos
workload: {files: 40, content: bytes, size: {lognormal: {median: 4KiB, sigma: 1}}, tree: {depth: 2, fanout: 3}}
grid: {operation: write, strategy: sequential}
`, "workspace="+t.TempDir())
	var said []string
	prep, err := Prepare(t.Context(), schedule.NewPlan(e), Base{}, func(text string) { said = append(said, text) })
	if err != nil {
		t.Fatal(err)
	}
	s, _ := workload.SizesOf(prep.Places[0].Workload)
	c := prep.Cells[0]
	if c.Files != 40 || c.Bytes != s.Total || c.Largest != s.Largest || c.Median < 2<<10 || c.Median > 8<<10 {
		t.Errorf("the journal has %d files of %d bytes, median %d, largest %d; want %+v", c.Files, c.Bytes, c.Median, c.Largest, s)
	}
	if m := prep.Places[0].Manifest; len(m.Dirs) != 12 || !strings.HasPrefix(m.Name(39), "dir-1/dir-0/") {
		t.Errorf("directories %q and the item %q", m.Dirs, m.Name(39))
	}
	if text := strings.Join(said, "\n"); !strings.Contains(text, "40 files of ") || !strings.Contains(text, ", largest ") {
		t.Errorf("the progress is %q", text)
	}
}
