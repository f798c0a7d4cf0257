package analysis

import (
	"slices"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// TestFootnoteNamesInconclusiveCells checks the note about intervals that exclude 1, for one
// cell and for several.
func TestFootnoteNamesInconclusiveCells(t *testing.T) {
	for _, test := range []struct {
		inconclusive []int // cells, with a corrected p value of 0.061
		want         []string
	}{
		{nil, nil},
		{[]int{1}, []string{"write: the 95% interval of threads, workers=2 excludes 1, but after correcting for 3 comparisons p = 0.0610, so the verdict stays inconclusive."}},
		{[]int{1, 3}, []string{"write: the 95% intervals of threads, workers=2 (p = 0.0610) and threads, workers=8 (p = 0.0610) exclude 1, but after correcting for 3 comparisons no p is below 0.05, so the verdicts stay inconclusive."}},
	} {
		d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2", "4", "8"}, []string{"1"}, 5))
		for _, cell := range test.inconclusive {
			s := &d.Summaries[cell]
			s.Verdict, s.Adjusted = estimate.Inconclusive, estimate.Of(0.061)
			s.Speedup.CI = estimate.Interval{Low: 1.01, High: 1.2, OK: true}
		}
		if got := Footnotes(d, false, Every); !slices.Equal(got, test.want) {
			t.Errorf("cells %v: got %q, want %q", test.inconclusive, got, test.want)
		}
	}
}

// TestFootnoteNamesSplitCell checks the note about a cell whose rounds were measured in
// another session than the rounds of its baseline.
func TestFootnoteNamesSplitCell(t *testing.T) {
	w := analysistest.NewPair(3)
	w.In(1).Good(0).In(2).Good(0).In(3).Good(0).Resume(1).In(1).Good(1).In(2).Good(1).In(3).Good(1)
	w.Note(journal.NoteFinished, "")
	want := []string{"write: the 95% interval of threads excludes 1, but most rounds were measured in another session than the baseline, so the verdict stays inconclusive."}
	if got := Footnotes(New(w.Log), false, Every); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFootnoteWithoutCorrection checks the notes about a table with one p value, which needs no
// correction, and about a cell without a p value.
func TestFootnoteWithoutCorrection(t *testing.T) {
	for _, test := range []struct {
		adjusted estimate.Value
		want     string
	}{
		{estimate.Of(0.061), "write: the 95% interval of threads excludes 1, but p = 0.0610, so the verdict stays inconclusive."},
		{estimate.Value{}, "write: the 95% interval of threads excludes 1, but there is no p value, because a time is 0, so the verdict stays inconclusive."},
	} {
		d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 5))
		s := &d.Summaries[1]
		s.Verdict, s.Adjusted = estimate.Inconclusive, test.adjusted
		s.Speedup.CI = estimate.Interval{Low: 1.01, High: 1.2, OK: true}
		if got := Footnotes(d, false, Every); !slices.Equal(got, []string{test.want}) {
			t.Errorf("p %v: got %q, want %q", test.adjusted, got, test.want)
		}
	}
}
