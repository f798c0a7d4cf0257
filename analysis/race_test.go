package analysis

import (
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// raceOf returns a finished run of at most 20 rounds whose cells raced, with a baseline and other cells.
func raceOf(within float64, baseline []float64, others ...[]float64) *journal.Log {
	cells := []analysistest.Cell{{Levels: baselineLevels, Seconds: baseline}}
	for i, seconds := range others {
		cells = append(cells, analysistest.Cell{Levels: "operation=write strategy=threads workers=" + string(rune('2'+i)), Seconds: seconds})
	}
	return adaptiveRun(20, journal.Adaptive{Min: 5, Race: within}, cells...)
}

// TestRaceStopReasons checks that the reasons follow from the trials.
func TestRaceStopReasons(t *testing.T) {
	near := func(mean float64, n int, seed uint64) []float64 { return analysistest.Near(mean, 0.002, n, seed) }
	failed := append(near(5, 4, 9), 0)
	for _, test := range []struct {
		name string
		log  *journal.Log
		want string
	}{
		{"ended", raceOf(0.02, near(30, 7, 1), near(10, 7, 2), near(10.01, 7, 3), near(20, 5, 4)), "ok race, ok race, ok race, ok dropped"},
		{"maximum", raceOf(0.0001, near(10, 20, 1), near(10, 20, 2), near(20, 5, 4)), "ok max, ok max, ok dropped"},
		{"not yet", raceOf(0.0001, near(10, 6, 1), near(10, 6, 2), near(20, 5, 4)), "incomplete , incomplete , ok dropped"},
		{"fewer than the minimum", raceOf(0.5, near(10, 4, 1), near(20, 4, 2)), "incomplete , incomplete "},
		{"a round that has not ended", raceOf(0.0001, near(10, 6, 1), near(20, 5, 4), near(10, 5, 2)), "incomplete , ok dropped, incomplete "},
		// The failed cell would beat both others. It cannot win, so it drops none.
		{"a cell has failed", raceOf(0.02, near(10, 7, 1), near(10, 7, 2), failed), "ok race, ok race, failed race"},
		{"alone", raceOf(0.02, near(10, 5, 1)), "ok race"},
	} {
		if got := stops(New(test.log)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestRaceIntervals checks that all intervals and p values of a race come from the confidence sequence, and
// that a cell that was dropped is not in the best set.
func TestRaceIntervals(t *testing.T) {
	log := raceOf(0.02, analysistest.Near(30, 0.01, 8, 1), analysistest.Near(10, 0.01, 8, 2), analysistest.Near(12, 0.01, 8, 3))
	d := New(log)
	base, best, dropped := &d.Summaries[0], &d.Summaries[1], &d.Summaries[2]
	want := estimate.CompareSequence(SecondsOf(base.Good), SecondsOf(best.Good))
	student := estimate.Compare(SecondsOf(base.Good), SecondsOf(best.Good))
	if best.Speedup != want || best.Verdict != Faster || want.CI.Low >= student.CI.Low || want.CI.High <= student.CI.High {
		t.Errorf("the speed-up is %+v, want %+v, wider than %+v", best.Speedup, want, student)
	}
	if plain := estimate.Describe(SecondsOf(best.Good)); best.Seconds.CI.High <= plain.CI.High || best.Seconds.MedianCI.OK || best.Judged.CI != best.Seconds.CI {
		t.Errorf("the interval of the mean is %+v, by Student %+v", best.Seconds.CI, plain.CI)
	}
	if dropped.StopReason != "dropped" || dropped.Standing.InBestSet || !best.Standing.InBestSet || best.Standing.Rank != 1 {
		t.Errorf("the dropped cell: %s, %+v; the best: %+v", dropped.StopReason, dropped.Standing, best.Standing)
	}
	if i := slices.IndexFunc(d.Overview.Sentences, func(s string) bool { return strings.HasPrefix(s, "Race: ") }); i < 0 ||
		d.Overview.Sentences[i] != "Race: ended after 5 rounds with 1 of 3 cells left. It took 40% of the 60 trials that all rounds would take." {
		t.Errorf("the sentences are %q", d.Overview.Sentences)
	}
}

// TestRaceKeepsItsBaseline checks that other baselines change no decision of a race. The new one was dropped
// early, or the cells of the race are in two tables now.
func TestRaceKeepsItsBaseline(t *testing.T) {
	near := func(mean float64, n int, seed uint64) []float64 { return analysistest.Near(mean, 0.002, n, seed) }
	for _, baselines := range [][]int{{3, 3, 3, 3}, {1, 1, 3, 3}} {
		log := raceOf(0.02, near(30, 7, 1), near(10, 7, 2), near(10.01, 7, 3), near(20, 5, 4))
		log.Run.Measured, log.Run.Cells = log.Run.Cells, slices.Clone(log.Run.Cells)
		for cell, b := range baselines {
			log.Run.Cells[cell].Baseline = b
		}
		d := New(log)
		if got, want := stops(d), "ok race, ok race, ok race, ok dropped"; got != want {
			t.Errorf("baselines %v: %q, want %q", baselines, got, want)
		}
		if race := d.Tables[0].race; (race != nil) != (len(d.Tables) == 1) {
			t.Errorf("baselines %v: the first of %d tables has the race %v", baselines, len(d.Tables), race)
		}
		if d.Summaries[3].Standing.InBestSet || d.Summaries[0].Seconds.MedianCI.OK {
			t.Errorf("baselines %v: a dropped cell is in the best set, or an interval assumes a fixed number of rounds", baselines)
		}
	}
}

// TestRaceStopsAtGap checks that no round after an incomplete one is decided. A budget had ended, and only the cheap cells
// got more rounds.
func TestRaceStopsAtGap(t *testing.T) {
	near := func(mean float64, n int, seed uint64) []float64 { return analysistest.Near(mean, 0.05, n, seed) }
	log := raceOf(0.02, near(10, 20, 1), near(20, 20, 2), near(10, 7, 4))
	log.Run.Repeats, log.Run.Adaptive.Min = 60, 8
	if got, want := stops(New(log)), "incomplete , incomplete , incomplete "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
