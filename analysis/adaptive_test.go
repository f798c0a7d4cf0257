package analysis

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// adaptiveRun returns a finished run with adaptive repeats. The first cell is the
// baseline.
func adaptiveRun(most int, a journal.Adaptive, cells ...analysistest.Cell) *journal.Log {
	log := analysistest.Log(most, cells...)
	log.Run.Adaptive, log.Run.Warmup = &a, 0
	log.Notes = []journal.Note{{At: analysistest.StartTime, Kind: journal.NoteFinished, After: len(log.Trials)}}
	return log
}

// stops returns the status of each cell and its reason for stopping.
func stops(d *Data) string {
	var list []string
	for _, s := range d.Cells() {
		list = append(list, string(s.Status)+" "+s.StopReason)
	}
	return strings.Join(list, ", ")
}

const baselineLevels, otherLevels = "operation=write strategy=sequential", "operation=write strategy=threads workers=2"

// TestAdaptiveStopReasons checks that the reasons follow from the trials and not from notes.
// A run may have been killed between a trial and its note, or the plan may have changed since.
func TestAdaptiveStopReasons(t *testing.T) {
	steady := func(n int) []float64 { return analysistest.Near(10, 0.0005, n, 1) }
	wild := func(n int) []float64 { return analysistest.Near(10, 0.3, n, 2) }
	tenth := journal.Adaptive{Min: 5, Width: 0.10}
	for _, test := range []struct {
		name string
		log  *journal.Log
		want string
	}{
		{"precise", adaptiveRun(20, tenth, analysistest.Cell{Levels: baselineLevels, Seconds: steady(5)}, analysistest.Cell{Levels: otherLevels, Seconds: steady(5)}), "ok ci, ok ci"},
		{"maximum reached", adaptiveRun(12, tenth, analysistest.Cell{Levels: baselineLevels, Seconds: steady(12)}, analysistest.Cell{Levels: otherLevels, Seconds: wild(12)}), "ok max, ok max"},
		{"fewer than the minimum", adaptiveRun(20, journal.Adaptive{Min: 8, Width: 0.10}, analysistest.Cell{Levels: baselineLevels, Seconds: steady(5)}, analysistest.Cell{Levels: otherLevels, Seconds: steady(5)}), "incomplete , incomplete "},
		{"not yet", adaptiveRun(20, tenth, analysistest.Cell{Levels: baselineLevels, Seconds: steady(9)}, analysistest.Cell{Levels: otherLevels, Seconds: wild(9)}), "incomplete , incomplete "},
		{"baseline alone", adaptiveRun(20, tenth, analysistest.Cell{Levels: baselineLevels, Seconds: steady(5)}), "ok ci"},
		{"baseline is skipped", adaptiveRun(20, tenth, analysistest.Cell{Levels: baselineLevels, Skip: "not installed"}, analysistest.Cell{Levels: otherLevels, Base: 0, Seconds: steady(5)}), "skipped , ok ci"},
		{"all other cells are skipped", adaptiveRun(20, journal.Adaptive{Min: 5, Width: 0.0001}, analysistest.Cell{Levels: baselineLevels, Seconds: steady(9)}, analysistest.Cell{Levels: otherLevels, Skip: "not installed"}), "incomplete , skipped "},
	} {
		if got := stops(New(test.log)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestQuarantinedBaselineIsNotPrecise checks that quarantine is the stop reason of a
// baseline whose other cells are precise.
func TestQuarantinedBaselineIsNotPrecise(t *testing.T) {
	log := adaptiveRun(20, journal.Adaptive{Min: 5, Width: 0.10}, analysistest.Cell{Levels: baselineLevels, Seconds: []float64{0, 0, 0}}, analysistest.Cell{Levels: otherLevels, Seconds: analysistest.Near(10, 0.0005, 5, 1)})
	log.Notes = append(log.Notes, journal.Note{At: analysistest.StartTime, Kind: journal.NoteQuarantined, Cell: new(0), After: len(log.Trials)})
	if got := stops(New(log)); got != "failed quarantined, ok ci" {
		t.Errorf("got %q", got)
	}
}

// TestWarningForMissedWidth checks the warning about cells that stopped at the maximum
// number of repeats.
func TestWarningForMissedWidth(t *testing.T) {
	d := New(adaptiveRun(12, journal.Adaptive{Min: 5, Width: 0.10}, analysistest.Cell{Levels: baselineLevels, Seconds: analysistest.Near(10, 0.0005, 12, 1)},
		analysistest.Cell{Levels: otherLevels, Seconds: analysistest.Near(10, 0.3, 12, 2)}))
	warnings := strings.Join(d.Warnings, "\n")
	if !strings.Contains(warnings, "1 of 1 cell stopped at 12 repeats with an interval wider than 10% (up to ") {
		t.Errorf("the warnings are %q", warnings)
	}
	if remaining(d) != 0 {
		t.Errorf("%d trials remain", remaining(d))
	}
}

// TestWarningForMissedWidthIsVisible checks that the warning names no width that looks narrow enough,
// and no cell whose interval is narrow enough in the last round.
func TestWarningForMissedWidthIsVisible(t *testing.T) {
	run := func(width float64) *Data {
		return New(adaptiveRun(5, journal.Adaptive{Min: 5, Width: width}, analysistest.Cell{Levels: baselineLevels, Seconds: []float64{2, 2, 2, 2, 2}},
			analysistest.Cell{Levels: otherLevels, Seconds: []float64{2, 2.04, 1.96, 2.04, 2}}))
	}
	d := run(0.5)
	found := d.width(&d.Summaries[1]).X
	for _, test := range []struct{ width, shown float64 }{{found / 1.2, 1}, {found / 1.0001, 0}, {found * 1.0001, -1}} {
		d := run(test.width)
		warnings := strings.Join(d.Warnings, "\n")
		if stops(d) != "ok max, ok max" || strings.Contains(warnings, "with an interval wider than") != (test.shown >= 0) || strings.Contains(warnings, "(up to ") != (test.shown > 0) {
			t.Errorf("a width of %v where %v is allowed: %s, warnings %q", found, test.width, stops(d), warnings)
		}
	}
}

// TestOtherProcessesOverManyShortTrials loads the machine during trials that are too
// short to be noisy alone.
func TestOtherProcessesOverManyShortTrials(t *testing.T) {
	busy := func(share float64) *journal.Log {
		return analysistest.Log(10, analysistest.Cell{Levels: baselineLevels, Seconds: analysistest.Near(0.015, 0.01, 10, 1), Change: func(t *journal.Trial) {
			t.Measurement.Others = &share
		}})
	}
	if warnings := strings.Join(New(busy(0.9)).Warnings, "\n"); !strings.Contains(warnings, "at least 0.90 cpus busy while 10 trials were measured") {
		t.Errorf("nine tenths of a processor: %q", warnings)
	}
	one := analysistest.Log(1, analysistest.Cell{Levels: baselineLevels, Seconds: []float64{0.1}, Change: func(t *journal.Trial) {
		t.Measurement.Others = new(0.9)
	}})
	if warnings := strings.Join(New(one).Warnings, "\n"); !strings.Contains(warnings, "while 1 trial was measured") {
		t.Errorf("one trial: %q", warnings)
	}
	if warnings := strings.Join(New(busy(0.05)).Warnings, "\n"); strings.Contains(warnings, "Other processes") {
		t.Errorf("a twentieth of a processor: %q", warnings)
	}
}
