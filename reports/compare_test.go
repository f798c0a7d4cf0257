package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports/table"
)

// everyOutcome returns two runs with a cell for each outcome of a comparison.
func everyOutcome() (base, next *journal.Log) {
	wrong := func(t *journal.Trial) {
		if t.Round == 2 {
			t.Status, t.Error, t.Measurement = journal.Failed, journal.Unverified+"file-00017.csv: 0 bytes, 48,000 wanted", nil
		}
	}
	notDone := func(t *journal.Trial) { t.Measurement.Finding = "two files of three" }
	base, next = sides(
		[]analysistest.Cell{
			ofWorkers(1, analysistest.Near(20, 0.004, 8, 1)), ofWorkers(2, analysistest.Near(10, 0.004, 8, 2)), ofWorkers(3, analysistest.Near(8, 0.004, 8, 3)),
			ofWorkers(4, analysistest.Near(6, 0.2, 8, 4)), ofWorkers(5, analysistest.Near(5, 0.004, 8, 5)), ofWorkers(6, analysistest.Near(4, 0.004, 8, 6)),
			ofWorkers(7, analysistest.Near(3, 0.004, 8, 7)), ofWorkers(8, analysistest.Near(2, 0.004, 8, 8)), ofWorkers(9, analysistest.Near(2, 0.004, 8, 9)),
			ofWorkers(10, analysistest.Near(2, 0.004, 1, 10)),
		},
		[]analysistest.Cell{
			ofWorkers(1, analysistest.Near(22, 0.004, 8, 11)), ofWorkers(2, analysistest.Near(8, 0.004, 8, 12)), ofWorkers(3, analysistest.Near(8, 0.004, 8, 13)),
			ofWorkers(4, analysistest.Near(6.5, 0.2, 8, 14)),
			{Levels: "operation=write strategy=threads workers=5", Seconds: analysistest.Near(5, 0.004, 8, 15), Change: wrong},
			{Levels: "operation=write strategy=threads workers=7", Skip: "no descriptors"},
			{Levels: "operation=write strategy=threads workers=8", Seconds: analysistest.Near(2, 0.004, 8, 16), Change: notDone},
			ofWorkers(9, analysistest.Near(2, 0.004, 8, 17)),
			ofWorkers(10, analysistest.Near(2, 0.004, 1, 18)),
			ofWorkers(11, analysistest.Near(1, 0.004, 8, 19)),
		})
	for i := range next.Run.Cells {
		if next.Run.Cells[i].Levels["workers"] == "9" {
			next.Run.Cells[i].Files = 10_000
		}
	}
	next.Run.Machine.Host, next.Run.Machine.CPUs, next.Run.Iosweep = "bench-2", 16, "v1.3.0"
	next.Run.StartedAt = analysistest.StartTime.AddDate(0, 1, 0)
	next.Notes = append(next.Notes, journal.Note{At: analysistest.StartTime, Kind: journal.NoteWarning, Text: "The governor of cpu0 is powersave."})
	return base, next
}

func TestEveryCellHasAVerdictOrAReason(t *testing.T) {
	c := compared(t, first(everyOutcome()), second(everyOutcome()))
	for end, want := range map[string]struct {
		status  compare.Status
		verdict estimate.Verdict
		reason  string
	}{
		"workers=1":  {compare.Compared, estimate.Slower, ""},
		"workers=2":  {compare.Compared, estimate.Faster, ""},
		"workers=3":  {compare.Compared, estimate.Equivalent, ""},
		"workers=4":  {compare.Compared, estimate.Inconclusive, ""},
		"workers=5":  {compare.Failed, "", "NEW: 1 of 8 trials failed: verification: file-00017.csv: 0 bytes, 48,000 wanted"},
		"workers=6":  {compare.Missing, "", "only in BASE"},
		"workers=7":  {compare.Skipped, "", "NEW: it was skipped: no descriptors"},
		"workers=8":  {compare.XFail, "", "NEW: it did not do the work in 8 of 8 good trials, as expected: two files of three"},
		"workers=9":  {compare.DifferentWork, "", "inputs: 5,000 files of 240,000,000 bytes -> 10,000 files of 240,000,000 bytes"},
		"workers=10": {compare.NoInterval, "", "1 good trial in BASE, 1 in NEW: an interval takes two in each"},
		"workers=11": {compare.Added, "", "only in NEW"},
	} {
		x := contrast(t, c, end)
		if x.Status != want.status || x.Verdict != want.verdict || x.Reason != want.reason {
			t.Errorf("%s: %q, %q, %q; want %q, %q, %q", end, x.Status, x.Verdict, x.Reason, want.status, want.verdict, want.reason)
		}
	}
	if want := "1 slower, 1 faster, 1 equivalent and 1 inconclusive of 4 cells, margin 2%; 7 more without a verdict; 1 failed in NEW"; c.SumUp() != want {
		t.Errorf("got summary %q, want %q", c.SumUp(), want)
	}
	for what, want := range map[string]string{
		"slower": "1", "faster": "2", "equivalent": "3", "inconclusive": "4", "failed": "5", "missing": "6 7 8 9",
	} {
		var got []string
		for _, x := range c.Matching(gate.Word(what)) {
			got = append(got, x.Cell().Cell.Levels["workers"])
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: found %q, want %q", what, got, want)
		}
	}
}

func first(a, _ *journal.Log) *journal.Log  { return a }
func second(_, b *journal.Log) *journal.Log { return b }

func TestDirectionOfChange(t *testing.T) {
	x := contrast(t, compared(t, first(everyOutcome()), second(everyOutcome())), "workers=1")
	if got := x.Change().X; math.Abs(got-0.1) > 0.02 {
		t.Errorf("20 s and then 22 s is a change of %v, want about 0.1", got)
	}
	if got := x.Speedup.Value.X; math.Abs(got-20.0/22) > 0.02 {
		t.Errorf("20 s and then 22 s is a speed-up of %v, want about 0.91", got)
	}
	if got := changeText(x.Change()); !strings.HasPrefix(got, "+") || !strings.HasSuffix(got, "%") {
		t.Errorf("the change has the text %q", got)
	}
}

func TestComparisonsAreGolden(t *testing.T) {
	base, next := everyOutcome()
	c := compared(t, base, next)
	for file, write := range map[string]func(*bytes.Buffer) error{
		"compare-80.txt":         func(b *bytes.Buffer) error { return ComparisonTable(b, c, table.Options{Width: 80}) },
		"compare-120-colour.txt": func(b *bytes.Buffer) error { return ComparisonTable(b, c, table.Options{Width: 120, Colour: true}) },
		"compare.md":             func(b *bytes.Buffer) error { return WriteComparisonMarkdown(b, c) },
		"compare.csv":            func(b *bytes.Buffer) error { return WriteComparisonCSV(b, c) },
		"compare.json":           func(b *bytes.Buffer) error { return WriteComparisonJSON(b, c) },
	} {
		t.Run(file, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, file, b.Bytes())
		})
	}
}

// TestRunComparedWithItself checks that a run is equivalent to itself, even if its times vary a lot.
func TestRunComparedWithItself(t *testing.T) {
	log, _ := sides([]analysistest.Cell{ofWorkers(1, []float64{1, 9}), ofWorkers(2, analysistest.Near(3, 0.3, 2, 1)), ofWorkers(3, analysistest.Near(1, 0.01, 1, 2))}, nil)
	c := compared(t, log, log)
	for _, x := range c.Contrasts[:2] {
		if x.Verdict != estimate.Equivalent || x.Speedup.CI != (estimate.Interval{Low: 1, High: 1, OK: true}) || !c.SameRun {
			t.Errorf("%s: %q, %+v", x.Name(), x.Verdict, x.Speedup)
		}
	}
	longer := *log
	longer.Trials = nil
	for _, trial := range log.Trials {
		m := *trial.Measurement
		m.Seconds *= 1.1
		trial.Measurement = &m
		longer.Trials = append(longer.Trials, trial)
	}
	for _, x := range compared(t, log, &longer).Contrasts[:2] {
		if x.Verdict != estimate.Slower || changeText(x.Change()) != "+10.0%" {
			t.Errorf("%s with trials 10%% longer: got %q, %+v", x.Name(), x.Verdict, x.Speedup)
		}
	}
	if x := c.Contrasts[2]; x.Verdict != "" || x.Reason != "1 round in both: an interval takes two" {
		t.Errorf("a single trial: got %q, %q", x.Verdict, x.Reason)
	}
	if text := written(t, c, "text"); !strings.Contains(text, "are the same run (base-run)") {
		t.Errorf("the text does not say that both are the same run:\n%s", text)
	}
}

// TestSameRunIsPairedByRound checks two copies of one run with the same drift. Pairing shows that each
// trial of one copy took 3% longer. Separate runs with these times are inconclusive.
func TestSameRunIsPairedByRound(t *testing.T) {
	drifting := []float64{10, 14, 11, 19, 12, 16, 10, 13}
	slowed := make([]float64, len(drifting))
	for i, x := range drifting {
		slowed[i] = (1.03 + 0.001*float64(i%3)) * x
	}
	base, next := sides([]analysistest.Cell{ofWorkers(1, drifting)}, []analysistest.Cell{ofWorkers(1, slowed)})
	if v := compared(t, base, next).Contrasts[0].Verdict; v != estimate.Inconclusive {
		t.Errorf("separate runs: got %q", v)
	}
	next.Run.ID = base.Run.ID
	c := compared(t, base, next)
	if x := c.Contrasts[0]; x.Verdict != estimate.Slower || c.Test != compare.PairedT || x.Speedup.CI.Low >= x.Speedup.CI.High {
		t.Errorf("one run: got %q by %s, %+v", x.Verdict, c.Test, x.Speedup)
	}
	if rows := tableOfContrasts(t, c); rows[0]["p_welch"] != "" || rows[0]["p_value"] == "" || rows[0]["test"] != "paired-t" {
		t.Errorf("one run: got p values %v", rows[0])
	}
}

// TestChoiceOfTest checks that Welch's test replaces the rank test if the rank test could not find any
// difference with so few trials, and that the report says so.
func TestChoiceOfTest(t *testing.T) {
	for _, test := range []struct {
		cells, trials int
		want          compare.Test
		says          string
	}{
		{6, 5, compare.MannWhitney, "p comes from the rank test of Mann and Whitney, corrected for 6 cells by Holm's method."},
		{7, 5, compare.WelchT, "with so few trials its p, corrected for 7 cells, cannot be below 0.05, however much the times differ. It needs 6 trials in each run (--set trials.repeats=6)."},
		{7, 6, compare.MannWhitney, ""},
		{1, 3, compare.WelchT, "It needs 4 trials in each run"},
		{1, 4, compare.MannWhitney, "corrected for 1 cell"},
	} {
		c := compared(t, first(sides(many(test.cells, test.trials, 1, 1), nil)), second(sides(nil, many(test.cells, test.trials, 1.2, 100))))
		if c.Test != test.want || c.Family != test.cells {
			t.Errorf("%d cells with %d trials: got %s over %d cells", test.cells, test.trials, c.Test, c.Family)
		}
		for _, format := range []string{"text", "markdown"} {
			if text := strings.Join(strings.Fields(written(t, c, format)), " "); !strings.Contains(text, test.says) {
				t.Errorf("%d cells of %d trials: %s does not say %q:\n%s", test.cells, test.trials, format, test.says, text)
			}
		}
		if got := len(c.Matching("slower")); got != test.cells {
			t.Errorf("%d cells with %d trials, all 20%% slower: got %d slower cells", test.cells, test.trials, got)
		}
		for _, row := range tableOfContrasts(t, c) {
			if row["p_value"] == "" || row["p_welch"] == "" || row["p_adjusted"] == "" {
				t.Errorf("a p value is missing: %v", row)
			}
		}
	}
}

// TestManyCellsAreAdjusted checks that a difference that is significant for one cell is not
// significant for one of twenty cells.
func TestManyCellsAreAdjusted(t *testing.T) {
	base := append([]analysistest.Cell{ofWorkers(99, []float64{10, 10.4, 9.6, 10.2, 9.9, 10.1, 9.7, 10.3})}, many(19, 8, 1, 1)...)
	next := append([]analysistest.Cell{ofWorkers(99, []float64{10.5, 10.9, 10.1, 10.7, 10.4, 10.6, 10.2, 10.8})}, many(19, 8, 1, 50)...)
	alone := compared(t, first(sides(base[:1], nil)), second(sides(nil, next[:1]))).Contrasts[0]
	together := compared(t, first(sides(base, nil)), second(sides(nil, next))).Contrasts[0]
	if alone.Verdict != estimate.Slower || together.Verdict != estimate.Inconclusive {
		t.Errorf("alone %q, among twenty %q", alone.Verdict, together.Verdict)
	}
	if alone.Speedup != together.Speedup || together.Adjusted.X <= alone.Adjusted.X {
		t.Errorf("alone %+v, among twenty %+v", alone, together)
	}
}

func TestRepeatsMayDiffer(t *testing.T) {
	base, next := sides([]analysistest.Cell{ofWorkers(1, analysistest.Near(10, 0.01, 5, 1))}, []analysistest.Cell{ofWorkers(1, analysistest.Near(12, 0.05, 23, 2))})
	next.Run.Adaptive = &journal.Adaptive{Min: 5, Width: 0.05}
	c := compared(t, base, next)
	if x := c.Contrasts[0]; x.Verdict != estimate.Slower || plus(x.BaseSize.Trials, x.NewSize.Trials) != "5 + 23" {
		t.Errorf("got %q with %s trials", x.Verdict, plus(x.BaseSize.Trials, x.NewSize.Trials))
	}
	if text := written(t, c, "text"); !strings.Contains(text, "repeats: 5 repeats -> 5 to 23 repeats") {
		t.Errorf("the text does not say that the repeats differ:\n%s", text)
	}
}

func TestMarginDecides(t *testing.T) {
	base, next := sides(many(1, 10, 1, 1), many(1, 10, 1.05, 2))
	for margin, want := range map[float64]estimate.Verdict{0.02: estimate.Slower, 0.1: estimate.Equivalent} {
		if got := comparedBy(t, base, next, compare.CompareOptions{Margin: margin}).Contrasts[0].Verdict; got != want {
			t.Errorf("5%% longer with a margin of %v: got %q, want %q", margin, got, want)
		}
	}
}

// TestCellsAreMatchedByLevels checks that the order of cells and the workspace of the file do not
// matter.
func TestCellsAreMatchedByLevels(t *testing.T) {
	cells := many(4, 5, 1, 1)
	other := slices.Clone(cells)
	slices.Reverse(other)
	base, next := sides(cells, other)
	for i := range next.Run.Cells {
		next.Run.Cells[i].Levels["workspace"] = "/mnt/elsewhere" // from the file, not the grid
		next.Run.Cells[i].Levels["cache"] = "warm"               // an axis that older versions do not have
	}
	c := compared(t, base, next)
	if len(c.Contrasts) != 4 {
		t.Fatalf("got %d cells, want 4", len(c.Contrasts))
	}
	for _, x := range c.Contrasts {
		if x.Speedup.Value.X != 1 || x.Base.Cell.Levels["workers"] != x.New.Cell.Levels["workers"] {
			t.Errorf("%s is compared with %s", x.Name(), x.New.Cell.Name)
		}
	}
	cell := &next.Run.Cells[0]
	cell.Levels["flavour"], cell.Custom = "sour", []string{"flavour"}
	if c := compared(t, base, next); len(c.Contrasts) != 5 {
		t.Errorf("got %d cells, want 5: a level of a custom axis makes another cell", len(c.Contrasts))
	}
	cell.Levels["flavour"], cell.Custom = "", nil
	cell.Levels["workspace"], cell.Name = "/mnt/elsewhere", cell.Name+"/workspace=/mnt/elsewhere"
	if c := compared(t, base, next); len(c.Contrasts) != 5 {
		t.Errorf("got %d cells, want 5: a workspace of the grid makes another cell", len(c.Contrasts))
	}
}

// TestRetiredCellIsNotCompared checks two cells with the same name, one of them retired.
func TestRetiredCellIsNotCompared(t *testing.T) {
	base, next := sides(many(1, 5, 1, 1), append(many(1, 5, 9, 1), many(1, 5, 1, 1)...))
	next.Run.Cells[0].Retired = true
	c := compared(t, base, next)
	if len(c.Contrasts) != 2 || c.Contrasts[0].New.Index != 1 || c.Contrasts[0].Status != compare.Compared {
		t.Fatalf("%+v", c.Contrasts[0])
	}
	if x := c.Contrasts[1]; x.Status != compare.Retired || x.Reason != "no longer in the experiment of NEW" {
		t.Errorf("%q: %q", x.Status, x.Reason)
	}
}

func TestOtherInputsAreOtherWork(t *testing.T) {
	for _, test := range []struct {
		change func(*journal.Cell)
		reason string // empty if the cells are compared
	}{
		{func(c *journal.Cell) { c.Inputs = "beef" }, "inputs: 5,000 files of 240,000,000 bytes -> as many, of other names, permissions or content"},
		{func(c *journal.Cell) { c.Inputs, c.Levels["lines"] = "beef", "7" }, "inputs: lines 5000 -> lines 7"},
		{func(c *journal.Cell) { c.Inputs, c.Levels["lines"] = "", "7" }, "inputs: lines 5000 -> lines 7"},
		{func(c *journal.Cell) { c.Inputs, c.Bytes = "", 1 }, "inputs: 5,000 files of 240,000,000 bytes -> 5,000 files of 1 bytes"},
		{func(c *journal.Cell) { c.Levels["from"] = "/elsewhere" }, ""}, // the same tree in another place
		{func(c *journal.Cell) { c.Inputs = "" }, ""},
	} {
		base, next := sides(many(2, 5, 1, 1), many(2, 5, 1, 9))
		base.Run.Cells[0].Inputs, next.Run.Cells[0].Inputs = "f00d", "f00d"
		test.change(&next.Run.Cells[0])
		c := compared(t, base, next)
		if x := c.Contrasts[0]; x.Reason != test.reason || (x.Status == compare.DifferentWork) != (test.reason != "") {
			t.Errorf("%q: %q, want %q", x.Status, x.Reason, test.reason)
		}
		if test.reason != "" && !strings.Contains(written(t, c, "text"), "  "+strings.Replace(test.reason, "inputs", "inputs of 1 cell", 1)) {
			t.Errorf("the text does not list the difference %q", test.reason)
		}
	}
}

func TestCommandsThatChanged(t *testing.T) {
	command := func(run *journal.Run, sum string, c journal.Command) {
		run.Cells[0].Command, run.Commands = sum, []journal.Command{c}
	}
	base, next := sides(many(2, 5, 1, 1), many(2, 5, 1, 9))
	command(&base.Run, "aa", journal.Command{Name: "threads", Run: []string{"py", "{here}/x.py"}, Scripts: map[string]string{"x.py": strings.Repeat("a", 64)}})
	command(&next.Run, "bb", journal.Command{Name: "threads", Run: []string{"py", "{here}/x.py"}, Scripts: map[string]string{"x.py": strings.Repeat("b", 64)}})
	c := compared(t, base, next)
	if x := c.Contrasts[0]; x.Status != compare.Compared {
		t.Errorf("a changed command must not prevent a comparison: got %q: %q", x.Status, x.Reason)
	}
	if !strings.Contains(written(t, c, "text"), "\n  content of x.py: sha256 aaaaaaaaaaaa -> sha256 bbbbbbbbbbbb\n") {
		t.Error("the text does not list the changed script")
	}
}

func TestNothingInCommon(t *testing.T) {
	base, next := sides(many(2, 5, 1, 1), []analysistest.Cell{{Levels: "operation=append strategy=sequential", Seconds: analysistest.Near(1, 0.01, 5, 1)}})
	_, err := compare.Compare(analysis.New(base), analysis.New(next), compare.CompareOptions{BaseName: "a", NewName: "b"})
	const want = "the runs have no cell in common: BASE a has 2 cells (write/strategy=threads/workers=1 and write/strategy=threads/workers=2), " +
		"NEW b has 1 cell (append/strategy=sequential)\ncompare two runs of the same experiment"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	base, next = sides(many(2, 5, 1, 1), many(2, 5, 1, 1))
	for i := range next.Run.Cells {
		next.Run.Cells[i].Files = 3
	}
	_, err = compare.Compare(analysis.New(base), analysis.New(next), compare.CompareOptions{BaseName: "a", NewName: "b"})
	if err == nil || !strings.Contains(err.Error(), "no cell does the same work in BASE a and NEW b (2 cells in both), for example write/strategy=threads/workers=1: inputs: 5,000 files") {
		t.Errorf("%v", err)
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	for what, change := range map[string]func(*journal.Run){
		"host: bench-1 -> bench-2":                   func(r *journal.Run) { r.Machine.Host = "bench-2" },
		"system: linux -> darwin":                    func(r *journal.Run) { r.Machine.OS = "darwin" },
		"kernel: 6.12.0 -> 6.18.1":                   func(r *journal.Run) { r.Machine.Kernel = "6.18.1" },
		"cpu model: AMD EPYC 7543 -> M4":             func(r *journal.Run) { r.Machine.CPUModel = "M4" },
		"cpus: 8 -> 16":                              func(r *journal.Run) { r.Machine.CPUs = 16 },
		"memory: 64.0 GiB -> 32.0 GiB":               func(r *journal.Run) { r.Machine.Memory /= 2 },
		"file system: ext4 -> tmpfs":                 func(r *journal.Run) { r.Machine.Filesystem = "tmpfs" },
		"mount options: none -> rw,noatime":          func(r *journal.Run) { r.Machine.Mount = "rw,noatime" },
		"governor: none -> powersave":                func(r *journal.Run) { r.Machine.Governor = "powersave" },
		"iosweep: v1.2.0 -> v1.3.0":                  func(r *journal.Run) { r.Iosweep = "v1.3.0" },
		"Go: go1.26.0 -> go1.27.0":                   func(r *journal.Run) { r.Go = "go1.27.0" },
		"program py: /usr/bin/py3.11 -> /opt/py3.14": func(r *journal.Run) { r.Programs = map[string]string{"py": "/opt/py3.14"} },
		`command line of cp: "cp" -> "cp" "-r"`:      func(r *journal.Run) { r.Commands = []journal.Command{{Name: "cp", Run: []string{"cp", "-r"}}} },
		"environment of cp: none -> A=1": func(r *journal.Run) {
			r.Commands = []journal.Command{{Name: "cp", Run: []string{"cp"}, Env: []string{"A=1"}}}
		},
		"profile: none -> quick":               func(r *journal.Run) { r.Profile = "quick" },
		"--set: none -> workload.files=3":      func(r *journal.Run) { r.Overrides = []string{"workload.files=3"} },
		"--only: none -> strategy=threads":     func(r *journal.Run) { r.Only = []string{"strategy=threads"} },
		"repeats: 5 repeats -> 6 repeats":      func(r *journal.Run) { r.Repeats = 6 },
		"warm-ups: 1 -> 0":                     func(r *journal.Run) { r.Warmup = 0 },
		"order: shuffled -> listed":            func(r *journal.Run) { r.Order = "listed" },
		"seed of the order: 7 -> 8":            func(r *journal.Run) { r.Seed = 8 },
		"workspace: none -> /mnt/disk":         func(r *journal.Run) { r.Workspaces = []string{"/mnt/disk"} },
		"experiment: save-files -> other":      func(r *journal.Run) { r.Name = "other" },
		"experiment file: as it was -> edited": func(r *journal.Run) { r.Origin.Source = "name: y" },
	} {
		base, next := sides(many(1, 5, 1, 1), many(1, 5, 1, 9))
		for _, log := range []*journal.Log{base, next} {
			log.Run.Programs = map[string]string{"py": "/usr/bin/py3.11"}
			log.Run.Commands = []journal.Command{{Name: "cp", Run: []string{"cp"}}}
		}
		const nothing = "Everything that a run records is the same"
		if text := written(t, compared(t, base, next), "text"); !strings.Contains(text, nothing) {
			t.Fatalf("the same runs:\n%s", text)
		}
		change(&next.Run)
		c := compared(t, base, next)
		if len(c.Differences) != 1 || c.Differences[0].String() != what {
			t.Errorf("%v, want %q", c.Differences, what)
			continue
		}
		text := written(t, c, "text")
		if !strings.Contains(text, "\n  "+what+"\n") || strings.Contains(text, nothing) {
			t.Errorf("the text does not list %q:\n%s", what, text)
		}
		ofMachines := strings.Contains(text, "compares machines and not code")
		if want := c.Differences[0].Kind == compare.OfMachine; ofMachines != want {
			t.Errorf("%q: the text says that it compares machines: %v, want %v", what, ofMachines, want)
		}
	}
	base, next := sides(many(1, 5, 1, 1), many(1, 5, 1, 9))
	for log, version := range map[*journal.Log]string{base: "3.11.7", next: "3.12.1"} {
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteInterpreter, Interpreter: &journal.Interpreter{
			Program: "python3",
			Python:  journal.Python{Path: "/shims/python3", Executable: "/opt/" + version + "/python3", Version: version, Implementation: "CPython"},
		}})
	}
	const interpreter = "interpreter python3: CPython 3.11.7 in /opt/3.11.7/python3, which /shims/python3 starts -> CPython 3.12.1 in /opt/3.12.1/python3, which /shims/python3 starts"
	if c := compared(t, base, next); len(c.Differences) != 1 || c.Differences[0].String() != interpreter {
		t.Errorf("%v, want %q", c.Differences, interpreter)
	}

	base, next = sides(many(1, 5, 1, 1), many(1, 5, 1, 9))
	next.Run.Machine.Memory += 4096
	if c := compared(t, base, next); len(c.Differences) > 0 {
		t.Errorf("4096 bytes more memory are a difference: %v", c.Differences)
	}
}

// TestNodesAreCompared checks that a run on a cluster is compared by the machines of all its nodes.
func TestNodesAreCompared(t *testing.T) {
	equal, different := mergedLogs()
	different.Run.ID = "another run"
	var list []string
	for _, d := range compared(t, equal, different).Differences {
		list = append(list, d.String())
	}
	want := []string{
		"kernel: 6.12.0 -> 6.12.0 and 6.1.0", "cpu model: AMD EPYC 7543 -> AMD EPYC 7543 and Intel Xeon Gold 6430",
		"cpus: 8 -> 8 and 4", "memory: 64.0 GiB -> 64.0 GiB and 32.0 GiB",
	}
	if !slices.Equal(list, want) {
		t.Errorf("got %q, want %q", list, want)
	}
}

func TestWarningsNameTheRun(t *testing.T) {
	base, next := sides(many(1, 5, 1, 1), many(1, 5, 1, 9))
	warn := func(log *journal.Log, text string) {
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: text})
	}
	warn(base, "hot")
	warn(next, "cold")
	warn(base, "loud")
	warn(next, "loud")
	got := slices.DeleteFunc(compared(t, base, next).Warnings, func(w string) bool { return strings.Contains(w, "drifted") })
	if diff := cmp.Diff([]string{"BASE: hot", "BASE and NEW: loud", "NEW: cold"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestGeometricMeanOfManyCells checks a geometric mean of factors whose product overflows.
func TestGeometricMeanOfManyCells(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes very large reports")
	}
	var base, next []analysistest.Cell
	for i := range 320 {
		base = append(base, ofWorkers(i+1, []float64{1, 1.01}))
		next = append(next, ofWorkers(i+1, []float64{0.1, 0.101}))
	}
	c := compared(t, first(sides(base, nil)), second(sides(nil, next)))
	if !c.Mean.OK || math.Abs(c.Mean.X-10) > 1e-6 {
		t.Errorf("got mean %v, want 10", c.Mean)
	}
	if c := compared(t, first(sides(base[:1], nil)), second(sides(nil, next[:1]))); c.Mean.OK {
		t.Errorf("got mean %v for one cell, want none", c.Mean)
	}
}

// TestCommentHasLimitedLength checks that a comment with many cells and long names is not too long for
// GitHub, and shows how much it leaves out.
func TestCommentHasLimitedLength(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes very large reports")
	}
	hostileLevel := strings.Repeat("<`|\x1b[2J\u202e", 400)
	var base, next []analysistest.Cell
	for i := range 500 {
		factor := []float64{1, 1.2, 0.8}[i%3]
		base = append(base, ofWorkers(i+1, analysistest.Near(10, 0.001, 3, uint64(i))))
		next = append(next, ofWorkers(i+1, analysistest.Near(10*factor, 0.001, 3, uint64(i+9000))))
	}
	b, n := sides(base, next)
	for i := range n.Run.Cells {
		name := &n.Run.Cells[i]
		switch {
		case i%10 == 3:
			name.Levels["flavour"], name.Custom = hostileLevel, []string{"flavour"} // only in NEW
			name.Name += hostileLevel
		case i%10 == 7:
			name.Skip = hostileLevel
		}
		for _, run := range []*journal.Run{&b.Run, &n.Run} {
			if i%10 != 3 {
				run.Cells[i].Levels["taste"], run.Cells[i].Custom = fmt.Sprint(i%7)+hostileLevel, []string{"taste"}
			}
		}
	}
	for i := range 40 {
		n.Run.Overrides = append(n.Run.Overrides, hostileLevel)
		n.Notes = append(n.Notes, journal.Note{Kind: journal.NoteWarning, Text: fmt.Sprint(i, hostileLevel)})
	}
	n.Run.Name, n.Run.Machine.Host, n.Run.Machine.CPUModel = hostileLevel, hostileLevel, hostileLevel
	c := comparedBy(t, b, n, compare.CompareOptions{})
	md := written(t, c, "markdown")
	if len(md) > 65_536 {
		t.Errorf("the comment has %d bytes, want at most 65,536", len(md))
	}
	if len(md) < 30_000 {
		t.Errorf("the comment has only %d bytes, want at least 30,000", len(md))
	}
	if left := strings.Count(md, "more: `iosweep compare --format csv`"); left < 3 {
		t.Errorf("the comment has %d lines about omissions, want at least 3", left)
	}
	if list := invisible(md, '\n'); list != nil {
		t.Errorf("the comment has %q", list)
	}
}

// TestManyAxesAreReplacedByName checks that the name of the cell replaces a dozen columns of levels.
func TestManyAxesAreReplacedByName(t *testing.T) {
	for axes, want := range map[int]string{3: "| workers | a0 | a1 | a2 | BASE |", 12: "| cell | BASE |"} {
		base, next := sides(many(2, 5, 1, 1), many(2, 5, 1, 9))
		for _, log := range []*journal.Log{base, next} {
			for i := range log.Run.Cells {
				c := &log.Run.Cells[i]
				for k := range axes {
					name := fmt.Sprint("a", k)
					c.Levels[name], c.Custom = fmt.Sprint(i), append(c.Custom, name)
				}
			}
		}
		if md := written(t, compared(t, base, next), "markdown"); !strings.Contains(md, want) {
			t.Errorf("%d axes: no %q in\n%s", axes, want, md)
		}
	}
}

func TestHostileTextInComparisons(t *testing.T) {
	base, next := hostileLog(), hostileLog()
	next.Run.ID = "other"
	next.Run.Machine.Host, next.Run.Machine.Kernel = "x"+hostile, hostile
	next.Run.Overrides = []string{"y" + hostile}
	next.Run.Programs = map[string]string{"cp": "/bin" + hostile}
	opt := compare.CompareOptions{BaseName: hostile, NewName: "`" + hostile, Margin: 0.02}
	c, err := compare.Compare(analysis.New(base), analysis.New(next), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "markdown"} {
		text := written(t, c, format)
		if list := invisible(text, '\n'); list != nil {
			t.Errorf("%s has %q", format, list)
		}
		if !strings.Contains(text, `\x1b`) {
			t.Errorf("%s does not show the escaped characters", format)
		}
	}
	if md := codeSpan.ReplaceAllString(written(t, c, "markdown"), ""); strings.Contains(md, "<script>") {
		t.Errorf("data appear as markup:\n%s", md)
	}
	for _, w := range c.Warnings {
		if list := invisible(w); list != nil {
			t.Errorf("a warning has %q", list)
		}
	}
	var whole map[string]any
	if err := json.Unmarshal([]byte(written(t, c, "json")), &whole); err != nil {
		t.Errorf("the JSON is not valid: %v", err)
	}
	at := slices.IndexFunc(tableOfContrasts(t, c), func(row map[string]string) bool { return row["flavour"] == hostile })
	if at < 0 {
		t.Error("the CSV does not have the unchanged level")
	}
}

// TestAxisNamedLikeColumn checks an axis that has the name of a column of this table.
func TestAxisNamedLikeColumn(t *testing.T) {
	base, next := sides(many(2, 5, 1, 1), many(2, 5, 1, 9))
	for _, log := range []*journal.Log{base, next} {
		for i := range log.Run.Cells {
			log.Run.Cells[i].Levels["change"], log.Run.Cells[i].Levels["axis_change"] = "much", "little"
			log.Run.Cells[i].Custom = []string{"change", "axis_change"}
		}
	}
	row := tableOfContrasts(t, compared(t, base, next))[0]
	if row["axis_axis_change"] != "much" || row["axis_change"] != "little" || row["change"] == "" || row["change"] == "much" {
		t.Errorf("%v", row)
	}
}

func TestUndefinedIsEmpty(t *testing.T) {
	base, next := everyOutcome()
	c := compared(t, base, next)
	for _, row := range tableOfContrasts(t, c) {
		for name, value := range row {
			if value == "NaN" || strings.Contains(value, "Inf") {
				t.Errorf("%s of %s is %s", name, row["cell"], value)
			}
		}
		if (row["status"] == "compared") != (row["verdict"] != "") || (row["verdict"] == "") != (row["reason"] != "") {
			t.Errorf("%v", row)
		}
		if row["status"] != "compared" && (row["p_adjusted"] != "" || row["p_value"] != "" || row["test"] != "" || row["speedup_ci95_low"] != "") {
			t.Errorf("a cell without a verdict has %v", row)
		}
		if row["status"] == "missing" && (row["new_trials"] != "" || row["new_mean_seconds"] != "" || row["base_trials"] != "8") {
			t.Errorf("a cell that is only in BASE has %v", row)
		}
	}
	var whole struct {
		Counts map[string]int
		Cells  []map[string]any
	}
	if err := json.Unmarshal([]byte(written(t, c, "json")), &whole); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(whole.Counts)); !slices.Equal(got, slices.Sorted(slices.Values(gate.Words()))) || len(whole.Cells) != len(c.Contrasts) {
		t.Errorf("got counts %v and %d cells", got, len(whole.Cells))
	}
}

func TestChangesAreRounded(t *testing.T) {
	for change, want := range map[float64]string{
		0.1: "+10.0%", 0.1 - 1e-15: "+10.0%", 0.1 + 1e-15: "+10.0%", -0.2: "-20.0%", -1e-12: "0.00%", 0.00049: "+0.05%", 0.000038: "+0.004%", -0.000038: "-0.004%", 13.24: "+1324%", 0: "0.00%",
	} {
		if got := changeText(estimate.Of(change)); got != want {
			t.Errorf("change %v: got %s, want %s", change, got, want)
		}
	}
}

func TestPIsRoundedDown(t *testing.T) {
	for p, want := range map[float64]string{0.0499999: "0.049", 0.05: "0.050", 0.0009: "<0.001", 1: "1.000", 0.5476: "0.547"} {
		if got := pText(estimate.Of(p)); got != want {
			t.Errorf("p %v: got %s, want %s", p, got, want)
		}
	}
}

// tableOfContrasts returns the rows of the CSV of a comparison, by column.
func tableOfContrasts(t *testing.T, c *compare.Comparison) (rows []map[string]string) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(written(t, c, "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			if _, twice := row[name]; twice {
				t.Errorf("two columns have the name %s", name)
			}
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// TestChangeOfSpeedup compares two runs on machines of different speed: the second takes 1.5 times as
// long. Against their baseline, one cell is as before, and one has lost 20%.
func TestChangeOfSpeedup(t *testing.T) {
	cells := func(machine, lost float64, seed uint64) []analysistest.Cell {
		return []analysistest.Cell{
			{Levels: "operation=write strategy=sequential", Seconds: analysistest.Near(10*machine, 0.004, 12, seed)},
			ofWorkers(2, analysistest.Near(5*machine, 0.004, 12, seed+1)),
			ofWorkers(4, analysistest.Near(4*machine*lost, 0.004, 12, seed+2)),
		}
	}
	base, next := sides(cells(1, 1, 1), cells(1.5, 1.25, 10))
	c := compared(t, base, next)
	for end, want := range map[string]struct{ verdict, against estimate.Verdict }{
		"sequential": {estimate.Slower, ""},
		"workers=2":  {estimate.Slower, estimate.Equivalent},
		"workers=4":  {estimate.Slower, estimate.Slower},
	} {
		if x := contrast(t, c, end); x.Verdict != want.verdict || x.Against.Verdict != want.against || x.Against.Reason != "" {
			t.Errorf("%s: %q, and against the baseline %q (%s); want %+v", end, x.Verdict, x.Against.Verdict, x.Against.Reason, want)
		}
	}
	x := contrast(t, c, "workers=4")
	if got := x.Against; math.Abs(got.Base.X-2.5) > 0.05 || math.Abs(got.New.X-2) > 0.05 || math.Abs(got.Change.Value.X-0.8) > 0.02 || c.SpeedupFamily != 2 {
		t.Errorf("from 2.5 to 2 times as fast: %+v, a family of %d", got, c.SpeedupFamily)
	}
	if got, want := c.SumUpSpeedups(), "Against the baseline: 1 slower and 1 equivalent of 2 cells"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, format := range []string{"text", "markdown"} {
		if text := written(t, c, format); !strings.Contains(text, c.SumUpSpeedups()) || !strings.Contains(text, "its verdict") {
			t.Errorf("%s does not show the verdicts against the baseline:\n%s", format, text)
		}
	}
	row := tableOfContrasts(t, c)[2]
	for column, want := range map[string]string{"baseline": "write/strategy=sequential", "speedup_verdict": "slower", "speedup_reason": ""} {
		if row[column] != want {
			t.Errorf("column %s: %q, want %q", column, row[column], want)
		}
	}
	if f := gate.Gate([]gate.Condition{{Word: gate.Slower}}).Check(c.Gated()).Findings; len(f) != 3 || !strings.Contains(f[0].String(), "; its speed-up against write/strategy=sequential: 0.8") {
		t.Errorf("the gate on seconds found %v", f)
	}

	// With --only, the verdicts still allow for all cells.
	only := comparedBy(t, base, next, compare.CompareOptions{Only: []string{"workers=4,8"}})
	if len(only.Contrasts) != 1 || only.Family != 3 || only.SpeedupFamily != 2 || only.Contrasts[0].Adjusted != x.Adjusted || !slices.Contains(only.Warnings, "BASE and NEW: --only workers=4,8: no cell matches workers=8") {
		t.Errorf("--only workers=4,8: %d cells, families of %d and %d, warnings %q", len(only.Contrasts), only.Family, only.SpeedupFamily, only.Warnings)
	}

	// Two journals of one run are paired by round.
	next.Run.ID = base.Run.ID
	if x := contrast(t, compared(t, base, next), "workers=4"); x.Against.Verdict != estimate.Slower || x.Against.Change.Pairs != 12 {
		t.Errorf("one run: %+v", x.Against)
	}
	if x := contrast(t, compared(t, base, base), "workers=4"); x.Against.Change.CI != (estimate.Interval{Low: 1, High: 1, OK: true}) || x.Against.Verdict != estimate.Equivalent {
		t.Errorf("a run and itself: %+v", x.Against)
	}
}

// TestNoChangeOfSpeedup: without the same baseline in both runs there is no verdict against it.
func TestNoChangeOfSpeedup(t *testing.T) {
	sample := func() (base, next *journal.Log) {
		cells := []analysistest.Cell{
			{Levels: "operation=write strategy=tool", Seconds: analysistest.Near(10, 0.004, 5, 1)},
			ofWorkers(2, analysistest.Near(5, 0.004, 5, 2)), ofWorkers(4, analysistest.Near(4, 0.004, 5, 3)),
		}
		base, next = sides(cells, slices.Clone(cells))
		for _, log := range []*journal.Log{base, next} {
			log.Run.Commands = []journal.Command{{Name: "tool", Operation: "write", Run: []string{"tool", "{output}"}}}
			log.Run.Programs, log.Run.ProgramSums = map[string]string{"tool": "/bin/tool"}, map[string]string{"tool": "abc"}
		}
		return base, next
	}
	for want, change := range map[string]func(base, next *journal.Log){
		"": func(_, _ *journal.Log) {},
		"its baseline is write/strategy=tool in BASE and write/strategy=threads/workers=4 in NEW": func(_, next *journal.Log) {
			for i := range next.Run.Cells {
				next.Run.Cells[i].Baseline = 2
			}
		},
		"its baseline write/strategy=tool is not the same in both runs: command line of tool": func(_, next *journal.Log) {
			next.Run.Commands = []journal.Command{{Name: "tool", Operation: "write", Run: []string{"tool", "-v", "{output}"}}}
		},
		"its baseline write/strategy=tool is not the same in both runs: content of program tool": func(_, next *journal.Log) {
			next.Run.ProgramSums = map[string]string{"tool": "def"}
		},
		"its baseline write/strategy=tool is not the same in both runs: revision main": func(base, next *journal.Log) {
			base.Run.Cells[0].Levels["revision"], next.Run.Cells[0].Levels["revision"] = "main", "main"
			base.Run.Sources = []journal.Source{{Git: "/a/repo", Revision: "main", Commit: "0123456789"}}
			next.Run.Sources = []journal.Source{{Git: "/b/repo", Revision: "main", Commit: "abcdef0123"}}
		},
		"its baseline: NEW: 1 of 5 trials failed: no": func(_, next *journal.Log) {
			for i := range next.Trials {
				if tr := &next.Trials[i]; tr.Cell == 0 && tr.Round == 2 {
					tr.Status, tr.Error, tr.Measurement = journal.Failed, "no", nil
				}
			}
		},
		"its baseline: inputs: 5,000 files of 240,000,000 bytes -> 3 files of 240,000,000 bytes": func(_, next *journal.Log) {
			next.Run.Cells[0].Files = 3
		},
		"1 round with its baseline in BASE, 5 in NEW: an interval takes two in each": func(base, _ *journal.Log) {
			base.Trials = slices.DeleteFunc(base.Trials, func(tr journal.Trial) bool { return tr.Cell == 0 && tr.Round > 1 })
		},
	} {
		base, next := sample()
		change(base, next)
		c := compared(t, base, next)
		if name := "revision main"; strings.HasSuffix(want, name) && !slices.ContainsFunc(c.Differences, func(d compare.Difference) bool { return d.What == name }) {
			t.Errorf("the differences do not have %q: %v", name, c.Differences)
		}
		if got := contrast(t, c, "workers=2").Against; got.Reason != want || (got.Verdict == "") != (want != "") {
			t.Errorf("got %q and the verdict %q, want %q", got.Reason, got.Verdict, want)
		}
	}
}

// TestOnlyMustMatchBothRuns: --only must match cells of both runs, and the error names the levels.
func TestOnlyMustMatchBothRuns(t *testing.T) {
	base, next := sides(many(3, 5, 1, 1), many(2, 5, 1, 5))
	for only, want := range map[string]string{
		"workers=3":       "--only workers=3 must match cells of both runs\nBASE results/before has 1 such cell\nNEW results/after has none: workers has 1, 2",
		"workers=9":       "--only workers=9 must match cells of both runs\nBASE results/before has none: workers has 1, 2, 3\nNEW results/after has none: workers has 1, 2",
		"strategy=thread": `did you mean "threads"?`,
		"workers=":        "--only workers=: workers: ",
		"1,2":             "expected AXIS=LEVEL",
	} {
		_, err := compare.Compare(analysis.New(base), analysis.New(next), compare.CompareOptions{BaseName: "results/before", NewName: "results/after", Margin: 0.02, Only: []string{only}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--only %s: %v, want %q", only, err, want)
		}
	}
}
