package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/compare"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// runs returns a run for each list of cells. They start one hour after the other, BASE and NEW in turn.
func runs(t *testing.T, base, next [][]analysistest.Cell) (b, n []compare.Run) {
	t.Helper()
	side := func(name string, start int, list [][]analysistest.Cell) (runs []compare.Run) {
		for i, cells := range list {
			log, _ := sides(cells, cells)
			log.Run.ID = fmt.Sprintf("%s-run-%d", name, i+1)
			log.Run.StartedAt = log.Run.StartedAt.Add(time.Duration(2*i+start) * time.Hour)
			for k := range log.Trials {
				log.Trials[k].StartedAt = log.Run.StartedAt.Add(time.Minute)
			}
			runs = append(runs, compare.Run{Name: fmt.Sprintf("results/%s%d", name, i+1), Data: analysis.New(log)})
		}
		return runs
	}
	return side("a", 0, base), side("b", 1, next)
}

// timed returns the cells of a run: two that take these times in each of three rounds, in seconds.
func timed(one, two float64) []analysistest.Cell {
	around := func(x float64) []float64 { return []float64{x, 1.01 * x, x / 1.01} } // their geometric mean is x
	return []analysistest.Cell{ofWorkers(1, around(one)), ofWorkers(2, around(two))}
}

func comparedRuns(t *testing.T, base, next []compare.Run, opt compare.CompareOptions) *compare.Comparison {
	t.Helper()
	if opt.Margin == 0 {
		opt.Margin = 0.02
	}
	c, err := compare.CompareRuns(base, next, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestRunsAreTheUnit checks a speed-up of three runs against three with the formula. Every format says that the
// intervals contain the variation between runs.
func TestRunsAreTheUnit(t *testing.T) {
	base, next := runs(t, [][]analysistest.Cell{timed(10, 5), timed(10.2, 5.1), timed(9.9, 5)}, [][]analysistest.Cell{timed(11, 5), timed(11.3, 5.05), timed(11.1, 5)})
	c := comparedRuns(t, base, next, compare.CompareOptions{})
	logs := func(numbers ...float64) (list []float64) {
		for _, x := range numbers {
			list = append(list, math.Log(x))
		}
		return list
	}
	want := estimate.CompareRuns(logs(10, 10.2, 9.9), logs(11, 11.3, 11.1))
	x := contrast(t, c, "workers=1")
	if got := x.Speedup; math.Abs(got.Value.X-want.Value.X) > 1e-9 || math.Abs(got.CI.Low-want.CI.Low) > 1e-9 || math.Abs(got.P.X-want.P.X) > 1e-9 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// Holm's method doubles the lower of two p values.
	if x.Verdict != estimate.Slower || x.Test != compare.RunsT || c.Family != 2 || math.Abs(x.Adjusted.X-2*want.P.X) > 1e-12 {
		t.Errorf("%s by %s, adjusted p %v, family %d", x.Verdict, x.Test, x.Adjusted, c.Family)
	}
	if x.BaseSize != (compare.Size{Runs: 3, Trials: 9, Has: true}) || x.Base.Judged.N != 3 || math.Abs(x.Base.Judged.Mean.X/x.New.Judged.Mean.X-want.Value.X) > 1e-9 {
		t.Errorf("BASE has %+v with the mean %v", x.BaseSize, x.Base.Judged.Mean)
	}
	// The speed-up against the baseline, in each run, was 2 and is 2.2.
	if a := contrast(t, c, "workers=2").Against; math.Abs(a.Change.Value.X-1.11) > 0.01 || a.Verdict != estimate.Faster {
		t.Errorf("the speed-up changed by %v: %s", a.Change.Value, a.Verdict)
	}
	for format, phrases := range map[string][]string{
		"text":     {"BASE results/a2: ", "NEW results/b3: ", "A run is the unit (3 of BASE, 3 of NEW)"},
		"markdown": {"- BASE `results/a2`: ", "- NEW `results/b3`: ", "A run is the unit (3 of BASE, 3 of NEW)", "| runs |"},
		"csv":      {",base_runs,new_runs,between_runs,left_out\n", ",runs-t,slower,", ",3,3,yes,\n"},
		"json":     {`"between_runs": true`, `"directory": "results/b3"`, `"test": "runs-t"`, `"base_runs": 3`},
	} {
		text := written(t, c, format)
		for _, phrase := range phrases {
			if !strings.Contains(text, phrase) {
				t.Errorf("the %s has no %q:\n%s", format, phrase, text)
			}
		}
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// TestOneRunOnASideLacksVariation checks that every format says so.
func TestOneRunOnASideLacksVariation(t *testing.T) {
	base, next := runs(t, [][]analysistest.Cell{timed(10, 5)}, [][]analysistest.Cell{timed(11, 5)})
	c := comparedRuns(t, base, next, compare.CompareOptions{})
	const sentence = "no interval and no verdict contains the variation"
	for format, phrase := range map[string]string{"text": sentence, "markdown": sentence, "json": sentence, "csv": ",1,1,no,\n"} {
		if text := written(t, c, format); !strings.Contains(strings.ReplaceAll(text, "\n", " "), strings.ReplaceAll(phrase, "\n", " ")) {
			t.Errorf("the %s has no %q:\n%s", format, phrase, text)
		}
	}
}

// TestCellsMissingInSomeRuns checks that a cell is compared over the runs that measured it, and that the others
// are named. A failure in one run is a failure.
func TestCellsMissingInSomeRuns(t *testing.T) {
	base, next := [][]analysistest.Cell{timed(10, 5), timed(10.2, 5.1), timed(9.9, 5)}, [][]analysistest.Cell{timed(10, 5), timed(10.2, 5.1), timed(9.9, 5)}
	skipped := ofWorkers(2, nil)
	skipped.Skip = "no cp"
	base[1] = []analysistest.Cell{base[1][0], skipped}
	next[0] = append(next[0], ofWorkers(3, analysistest.Near(3, 0.01, 3, 1)))
	next[2] = next[2][:1]
	b, n := runs(t, base, next)
	c := comparedRuns(t, b, n, compare.CompareOptions{})
	x := contrast(t, c, "workers=2")
	if want := "BASE results/a2 (it was skipped: no cp), NEW results/b3 (no such cell)"; x.Left != want || x.Status != compare.Compared || x.BaseSize.Runs != 2 || x.NewSize.Runs != 2 {
		t.Errorf("%s without %q, want %q; %+v", x.Status, x.Left, want, x.BaseSize)
	}
	if x := contrast(t, c, "workers=3"); x.Status != compare.Added {
		t.Errorf("a cell of one run is %s", x.Status)
	}
	for _, format := range []string{"text", "markdown", "csv", "json"} {
		if text := strings.Join(strings.Fields(written(t, c, format)), " "); !strings.Contains(text, "NEW results/b3 (no such cell)") {
			t.Errorf("the %s does not name the run:\n%s", format, text)
		}
	}

	next[1][1].Seconds = []float64{5, 0, 5}
	b, n = runs(t, base, next)
	c = comparedRuns(t, b, n, compare.CompareOptions{})
	x = contrast(t, c, "workers=2")
	if x.Status != compare.Failed || !strings.HasPrefix(x.Reason, "NEW results/b2: 1 of 3 trials failed") || x.Verdict != "" {
		t.Errorf("a cell that failed in one run is %s (%s)", x.Status, x.Reason)
	}
	if i := slices.IndexFunc(c.Contrasts, func(y *compare.Contrast) bool { return y == x }); !c.Gated()[i].Failed || c.Gated()[i].Missing {
		t.Errorf("the gate sees %+v", c.Gated()[i])
	}
}

// TestTooFewRunsOfACell checks a cell that only one run of each side has, and a cell that no run of NEW has.
func TestTooFewRunsOfACell(t *testing.T) {
	base, next := runs(t, [][]analysistest.Cell{timed(10, 5), timed(10, 5)[:1]}, [][]analysistest.Cell{timed(10, 5), timed(10, 5)[:1]})
	x := contrast(t, comparedRuns(t, base, next, compare.CompareOptions{}), "workers=2")
	if x.Status != compare.NoInterval || x.Reason != "1 run in BASE, 1 in NEW: an interval takes three" || !x.Speedup.Value.OK {
		t.Errorf("%s: %s", x.Status, x.Reason)
	}
	base, next = runs(t, [][]analysistest.Cell{timed(10, 5), timed(10, 5)}, [][]analysistest.Cell{timed(10, 5)[:1], timed(10, 5)[:1]})
	c := comparedRuns(t, base, next, compare.CompareOptions{})
	if x := contrast(t, c, "workers=2"); x.Status != compare.Missing || !c.Gated()[1].Missing {
		t.Errorf("%s: %s", x.Status, x.Reason)
	}
	if x := contrast(t, c, "workers=1"); x.Verdict != estimate.Equivalent || x.Speedup.Value.X != 1 {
		t.Errorf("equal runs are %s", x.Verdict)
	}
}

// TestOrderOfRuns checks the warnings about runs that do not alternate or that overlap.
func TestOrderOfRuns(t *testing.T) {
	cells := [][]analysistest.Cell{timed(10, 5), timed(10, 5)}
	base, next := runs(t, cells, cells)
	alternating := comparedRuns(t, base, next, compare.CompareOptions{})
	if len(alternating.Warnings) > 0 {
		t.Errorf("alternating runs have the warnings %q", alternating.Warnings)
	}
	c := comparedRuns(t, []compare.Run{base[0], next[0]}, []compare.Run{base[1], next[1]}, compare.CompareOptions{})
	want := "The runs do not alternate in time. Their order is BASE results/a1, BASE results/b1, NEW results/a2, NEW results/b2."
	if len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], want) {
		t.Errorf("got %q, want %q", c.Warnings, want)
	}
	base[1].Data.Run.StartedAt = next[0].Data.Run.StartedAt.Add(time.Second)
	c = comparedRuns(t, base, next, compare.CompareOptions{})
	want = "NEW results/b1 and BASE results/a2 overlap in time: NEW results/b1 was not finished when BASE results/a2 started."
	if len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], want) {
		t.Errorf("got %q, want %q", c.Warnings, want)
	}
}

// TestWarningsOfRuns checks that a warning and a difference name their runs.
func TestWarningsOfRuns(t *testing.T) {
	cells := [][]analysistest.Cell{timed(10, 5), timed(10, 5)}
	base, next := runs(t, cells, cells)
	base[0].Data.Warnings, next[1].Data.Warnings = []string{"odd", "even"}, []string{"even"}
	base[1].Data.Run.Machine.Kernel, next[0].Data.Run.Machine.Kernel = "7.1", "7.2"
	c := comparedRuns(t, base, next, compare.CompareOptions{})
	if want := []string{"BASE results/a1: odd", "BASE results/a1 and NEW results/b2: even"}; !slices.Equal(c.Warnings, want) {
		t.Errorf("got %q, want %q", c.Warnings, want)
	}
	was := base[0].Data.Run.Machine.Kernel
	if want := fmt.Sprintf("kernel: %s and 7.1 -> %s and 7.2", was, was); len(c.Differences) != 1 || c.Differences[0].String() != want {
		t.Errorf("got %v, want %s", c.Differences, want)
	}
}

// TestRunsThatCannotBeCompared checks the messages about runs of several that are the same, judge another
// figure, or do other work.
func TestRunsThatCannotBeCompared(t *testing.T) {
	cells := [][]analysistest.Cell{timed(10, 5), timed(10, 5)}
	base, next := runs(t, cells, cells)
	_, err := compare.CompareRuns(append(base, next[0]), next, compare.CompareOptions{})
	if err == nil || !strings.HasPrefix(err.Error(), "BASE results/b1 and NEW results/b1 are the same run (b-run-1)") {
		t.Errorf("the same run twice: %v", err)
	}
	metric := journal.Metric{Name: "ratio", Stdout: "(.+)", Better: journal.BetterLower}
	other, _ := sides(timed(10, 5), nil)
	judged := compare.Run{Name: "results/c", Data: analysis.New(analysistest.Judge(other, metric, []float64{1, 1, 1}, []float64{1, 1, 1}))}
	_, err = compare.CompareRuns(base, append(slices.Clone(next), judged), compare.CompareOptions{})
	if err == nil || !strings.HasPrefix(err.Error(), "BASE results/a1 judges seconds and NEW results/c judges ratio (lower is better)") {
		t.Errorf("another judge: %v", err)
	}
	work := base[1].Data.Summaries
	for i := range work {
		work[i].Cell.Files++
	}
	c, err := compare.CompareRuns(base, next, compare.CompareOptions{Margin: 0.02})
	if err == nil || !strings.Contains(err.Error(), "no cell does the same work") {
		t.Errorf("other work in one run: %v, %v", c, err)
	}
}

// TestRunsOfAMetric checks that a speed-up above 1 means a higher value of a metric of which more is better.
func TestRunsOfAMetric(t *testing.T) {
	rate := journal.Metric{Name: "rate", Stdout: "(.+)", Unit: "MB/s", Better: journal.BetterHigher}
	side := func(name string, rates ...float64) (list []compare.Run) {
		for i, x := range rates {
			log, _ := sides(timed(10, 5), nil)
			log.Run.ID = fmt.Sprintf("%s%d", name, i)
			same := []float64{x, x, x}
			list = append(list, compare.Run{Name: log.Run.ID, Data: analysis.New(analysistest.Judge(log, rate, same, same))})
		}
		return list
	}
	c := comparedRuns(t, side("a", 100, 101, 100), side("b", 110, 111, 110), compare.CompareOptions{})
	x := contrast(t, c, "workers=1")
	if math.Abs(x.Speedup.Value.X-1.099) > 0.001 || x.Verdict != estimate.Faster || math.Abs(x.Change().X-0.099) > 0.001 || math.Abs(x.New.Judged.Mean.X-110.33) > 0.01 {
		t.Errorf("speed-up %v, change %v, %s, NEW %v", x.Speedup.Value, x.Change(), x.Verdict, x.New.Judged.Mean)
	}
	c = comparedRuns(t, side("a", 100, 101, 100), side("b", 110, 0, 110), compare.CompareOptions{})
	if x := contrast(t, c, "workers=1"); x.Speedup.Value.OK || x.Verdict != "" || !strings.HasPrefix(x.Reason, "a value of a run is not positive") {
		t.Errorf("a run without a rate: %v, %q because %q", x.Speedup, x.Verdict, x.Reason)
	}
	if math.Abs(x.New.Seconds.Mean.X-10) > 1e-9 {
		t.Errorf("NEW takes %v seconds", x.New.Seconds.Mean)
	}
}
