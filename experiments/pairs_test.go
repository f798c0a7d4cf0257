package experiments

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Update makes the tests write the expected files instead of comparing with them.
var Update = flag.Bool("update", false, "write the .out files and the tables of experiment-file.md instead of comparing with them")

// TestPairs checks that Parse accepts every testdata/ok/NAME.yaml and refuses every
// testdata/err/NAME.yaml. NAME.out contains the expected result. Comments at the top of a file
// are options: "# set: trials.repeats=3", "# only: workers=2", "# cpus: 8", "# max-cells: 10",
// "# max-trials: 10", "# profile: quick".
func TestPairs(t *testing.T) {
	for _, kind := range []string{"ok", "err"} {
		files, err := filepath.Glob(filepath.Join("testdata", kind, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in testdata/%s (%v)", kind, err)
		}
		for _, file := range files {
			name := kind + "/" + strings.TrimSuffix(filepath.Base(file), ".yaml")
			t.Run(name, func(t *testing.T) { testPair(t, file, kind == "ok") })
		}
	}
}

func testPair(t *testing.T, file string, accepted bool) {
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Parse(source, optionsIn(t, filepath.Base(file), string(source)))
	if (err == nil) != accepted {
		t.Fatalf("got accepted %v, want %v; %v", err == nil, accepted, err)
	}
	got := ""
	if accepted {
		checkExperiment(t, e)
		got = describe(e)
	} else {
		got = err.Error() + "\n"
	}
	out := strings.TrimSuffix(file, ".yaml") + ".out"
	if *Update {
		if err := os.WriteFile(out, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func optionsIn(t *testing.T, file, source string) Options {
	opt := Options{File: file, Catalogue: testCatalogue, CPUs: 4}
	for line := range strings.Lines(source) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !ok {
			break
		}
		key, value, _ := strings.Cut(comment, ": ")
		switch key {
		case "set":
			opt.Set = append(opt.Set, value)
		case "profile":
			opt.Profile = value
		case "only":
			opt.Only = append(opt.Only, value)
		case "cpus":
			opt.CPUs = atoi(t, value)
		case "max-cells":
			opt.MaxCells = atoi(t, value)
		case "max-trials":
			opt.MaxTrials = int64(atoi(t, value))
		}
	}
	return opt
}

func atoi(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// describe returns all values of an experiment as lines of text.
func describe(e *Experiment) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s: %q", e.Name, e.Title)
	line("workload %s in %s", strings.Replace(fmt.Sprintf("%+v", e.Workload), " Sigma:0", "", 1), e.Workspace)
	if e.Tree != (Tree{}) {
		line("tree %+v of %d directories", e.Tree, e.Tree.Directories())
	}
	line("trials %+v, budget %v", e.Trials, e.Budget)
	line("reports x %v, plots %v", e.Reports.X, e.Reports.Plots)
	for _, c := range e.Commands {
		source := c.Source
		c.Source = nil
		line("command %s", strings.ReplaceAll(fmt.Sprintf("%+v", c), " Source:<nil>", ""))
		if source != nil {
			line("  source %+v", *source)
		}
	}
	for _, m := range e.Metrics {
		line("metric %+v", m)
	}
	if e.Judge != "" {
		line("judge %s", e.Judge)
	}
	for _, w := range e.Warnings {
		line("warning %v", w)
	}
	for i, c := range e.Cells {
		own := ""
		if n := e.RepeatsOf(i); n != e.Trials.Repeats {
			own += fmt.Sprintf(", %d repeats", n)
		}
		if d := e.TimeoutOf(i); d != e.Trials.Timeout {
			own += fmt.Sprintf(", timeout %v", d)
		}
		line("%d %v <- %d%s", i, c, e.Baseline[i], own)
	}
	if len(e.Profiles) > 0 {
		line("profile %q of %v", e.Profile, e.Profiles)
	}
	if p := e.Published; p != nil {
		line("published %q on %d cpus of %q, %s within %v of row %d", p.Source, p.CPUs, p.OS, p.Measure, p.Tolerance, p.Baseline)
		if p.FileSize != nil || p.TotalSize != nil || p.Python != "" {
			line("printed sizes %v %v of %s, Python %q", p.FileSize, p.TotalSize, strings.Replace(fmt.Sprintf("%+v", p.Workload), " Sigma:0", "", 1), p.Python)
		}
		for _, r := range p.Rows {
			line("row %q runs %v mean %v speed-up %v claim %q (%s) cells %v", r.Method, r.Runs, r.Mean != nil, r.Speedup, r.Claim, r.WhenFaster, r.Cells)
			if r.Error != "" {
				line("  error %q", r.Error)
			}
		}
	}
	return b.String()
}

// checkExperiment checks the invariants of a valid experiment.
func checkExperiment(t *testing.T, e *Experiment) {
	t.Helper()
	if len(e.Cells) == 0 || len(e.Baseline) != len(e.Cells) {
		t.Fatalf("got %d cells and %d baselines, want equal numbers above 0", len(e.Cells), len(e.Baseline))
	}
	seen := map[Cell]int{}
	for i, c := range e.Cells {
		if first, twice := seen[c]; twice {
			t.Errorf("cells %d and %d are both %v", first, i, c)
		}
		seen[c] = i
		b := e.Baseline[i]
		if b < 0 || b >= len(e.Cells) {
			t.Fatalf("cell %d has baseline %d of %d", i, b, len(e.Cells))
		}
		if e.Baseline[b] != b {
			t.Errorf("cell %d has baseline %d, whose own baseline is %d", i, b, e.Baseline[b])
		}
		checkSameWork(t, e, c, e.Cells[b])
	}
	checkPublished(t, e)
}

func checkPublished(t *testing.T, e *Experiment) {
	t.Helper()
	if e.Published == nil {
		return
	}
	for _, row := range e.Published.Rows {
		for _, c := range row.Cells {
			if c.Cell < 0 || c.Cell >= len(e.Cells) || c.Baseline < -1 || c.Baseline >= len(e.Cells) {
				t.Fatalf("row %q has the cell %+v, want indices below %d", row.Method, c, len(e.Cells))
			}
			if c.Baseline >= 0 {
				checkSameWork(t, e, e.Cells[c.Cell], e.Cells[c.Baseline])
			}
		}
	}
}

// checkSameWork compares two cells by their public values, and not by the index of the
// planner.
func checkSameWork(t *testing.T, e *Experiment, c, b Cell) {
	t.Helper()
	op, own := e.OperationOf(c)
	if !own && c.Level(Operation) != b.Level(Operation) || e.WorkloadOf(c) != e.WorkloadOf(b) || e.WorkspaceOf(c) != e.WorkspaceOf(b) {
		t.Errorf("the baseline of %v is %v, which does other work", c, b)
	}
	for _, a := range []Axis{Level, Cache, Sync} {
		if x, y := c.Level(a), b.Level(a); !own && x != "" && y != "" && x != y {
			t.Errorf("the baseline of %v is %v, which has another %v", c, b, a)
		}
	}
	if w := e.WorkloadOf(c); w.Files < 1 && w.From == "" && !(own && op.Input == InputNone) {
		t.Errorf("%v has no items: %+v", c, w)
	}
}
