package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
)

func markdownOf(t *testing.T, d *Content) string {
	t.Helper()
	var b bytes.Buffer
	if err := (markdown{}).Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnIntervalThatExcludesOneIsExplained(t *testing.T) {
	const note = "Inconclusive although the 95% interval excludes 1"
	for _, test := range []struct {
		interval estimate.Interval
		verdict  estimate.Verdict
		want     bool
	}{
		{estimate.Interval{Low: 1.01, High: 1.2, OK: true}, estimate.Inconclusive, true},
		{estimate.Interval{Low: 0.8, High: 0.97, OK: true}, estimate.Inconclusive, true},
		{estimate.Interval{Low: 0.9, High: 1.2, OK: true}, estimate.Inconclusive, false},
		{estimate.Interval{Low: 1.01, High: 1.2, OK: true}, estimate.Faster, false},
		{estimate.Interval{Open: true}, estimate.Inconclusive, false},
	} {
		d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2", "4"}, []string{"1"}, 3))
		d.Summaries[1].Speedup.CI, d.Summaries[1].Verdict = test.interval, test.verdict
		for _, out := range []string{tableOf(t, d, TableOptions{Width: 300}), markdownOf(t, d)} {
			if n := strings.Count(out, note); n > 1 || (n == 1) != test.want {
				t.Errorf("%+v, %s: the footnote is there %d times", test.interval, test.verdict, n)
			}
		}
	}
}

func TestProgramsAreNamedForTheirStart(t *testing.T) {
	if got := New(analysistest.Typical()).programs(); !slices.Equal(got, []string{"python-threads"}) {
		t.Errorf("programs are %q", got)
	}
	const note = "A program's time includes starting it: python-threads."
	d := New(analysistest.Typical())
	for _, out := range []string{tableOf(t, d, TableOptions{}), markdownOf(t, d)} {
		if strings.Count(out, note) != 1 {
			t.Errorf("no %q in %s", note, out)
		}
	}
	grid := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 2))
	if out := tableOf(t, grid, TableOptions{}); strings.Contains(out, "starting it") {
		t.Errorf("a footnote about programs where there are none: %s", out)
	}
}

func TestColumnsLeftOutAreNamed(t *testing.T) {
	d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 3))
	if out := tableOf(t, d, TableOptions{Width: 300}); strings.Contains(out, "not shown") {
		t.Errorf("all has room: %s", out)
	}
	const want = "not shown for want of width: median, efficiency (report.md has them)\n"
	if out := tableOf(t, d, TableOptions{Width: 90}); !strings.Contains(out, want) {
		t.Errorf("no %q in %s", want, out)
	}
}
