package analysis

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// ofAdaptive is a finished run of a baseline and other cells whose repeats adapt.
func ofAdaptive(most int, a journal.Adaptive, cells ...analysistest.Cell) *journal.Log {
	log := analysistest.Log(most, cells...)
	log.Run.Adaptive, log.Run.Warmup = &a, 0
	log.Notes = []journal.Note{{At: analysistest.StartTime, Kind: journal.NoteFinished, After: len(log.Trials)}}
	return log
}

// stops are the statuses of the cells with their reasons for stopping.
func stops(d *Data) string {
	var list []string
	for _, s := range d.Cells() {
		list = append(list, string(s.Status)+" "+s.StopReason)
	}
	return strings.Join(list, ", ")
}

const plain, other = "operation=write strategy=sequential", "operation=write strategy=threads workers=2"

// TestWhyAdaptiveCellsStopped follows from their trials, whatever notes there are: a
// kill may have come between a trial and its note, or the plan have changed since.
func TestWhyAdaptiveCellsStopped(t *testing.T) {
	steady := func(n int) []float64 { return analysistest.Near(10, 0.0005, n, 1) }
	wild := func(n int) []float64 { return analysistest.Near(10, 0.3, n, 2) }
	tenth := journal.Adaptive{Min: 5, Width: 0.10}
	for _, test := range []struct {
		name string
		log  *journal.Log
		want string
	}{
		{"known well", ofAdaptive(20, tenth, analysistest.Cell{Levels: plain, Seconds: steady(5)}, analysistest.Cell{Levels: other, Seconds: steady(5)}), "ok ci, ok ci"},
		{"never", ofAdaptive(12, tenth, analysistest.Cell{Levels: plain, Seconds: steady(12)}, analysistest.Cell{Levels: other, Seconds: wild(12)}), "ok max, ok max"},
		{"fewer than the least", ofAdaptive(20, journal.Adaptive{Min: 8, Width: 0.10}, analysistest.Cell{Levels: plain, Seconds: steady(5)}, analysistest.Cell{Levels: other, Seconds: steady(5)}), "incomplete , incomplete "},
		{"not yet", ofAdaptive(20, tenth, analysistest.Cell{Levels: plain, Seconds: steady(9)}, analysistest.Cell{Levels: other, Seconds: wild(9)}), "incomplete , incomplete "},
		{"alone", ofAdaptive(20, tenth, analysistest.Cell{Levels: plain, Seconds: steady(5)}), "ok ci"},
		{"compared with what is not run", ofAdaptive(20, tenth, analysistest.Cell{Levels: plain, Skip: "not installed"}, analysistest.Cell{Levels: other, Base: 0, Seconds: steady(5)}), "skipped , ok ci"},
		{"nothing is run that is compared", ofAdaptive(20, journal.Adaptive{Min: 5, Width: 0.0001}, analysistest.Cell{Levels: plain, Seconds: steady(9)}, analysistest.Cell{Levels: other, Skip: "not installed"}), "incomplete , skipped "},
	} {
		if got := stops(New(test.log)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestAQuarantinedBaselineDidNotStopForItsWidth.
func TestAQuarantinedBaselineDidNotStopForItsWidth(t *testing.T) {
	log := ofAdaptive(20, journal.Adaptive{Min: 5, Width: 0.10}, analysistest.Cell{Levels: plain, Seconds: []float64{0, 0, 0}}, analysistest.Cell{Levels: other, Seconds: analysistest.Near(10, 0.0005, 5, 1)})
	log.Notes = append(log.Notes, journal.Note{At: analysistest.StartTime, Kind: journal.NoteQuarantined, Cell: new(0), After: len(log.Trials)})
	if got := stops(New(log)); got != "failed quarantined, ok ci" {
		t.Errorf("got %q", got)
	}
}

// TestOutOfReachIsSaid: cells that stopped because there may be no more.
func TestOutOfReachIsSaid(t *testing.T) {
	d := New(ofAdaptive(12, journal.Adaptive{Min: 5, Width: 0.10}, analysistest.Cell{Levels: plain, Seconds: analysistest.Near(10, 0.0005, 12, 1)},
		analysistest.Cell{Levels: other, Seconds: analysistest.Near(10, 0.3, 12, 2)}))
	said := strings.Join(d.Warnings, "\n")
	if !strings.Contains(said, "1 of 1 cell stopped at 12 repeats with an interval wider than 10% (up to ") {
		t.Errorf("the warnings are %q", said)
	}
	if remaining(d) != 0 {
		t.Errorf("%d trials remain", remaining(d))
	}
}

// TestOthersAreSeenOverManyShortTrials of which none is noisy by itself.
func TestOthersAreSeenOverManyShortTrials(t *testing.T) {
	busy := func(share float64) *journal.Log {
		return analysistest.Log(10, analysistest.Cell{Levels: plain, Seconds: analysistest.Near(0.015, 0.01, 10, 1), Change: func(t *journal.Trial) {
			t.Measurement.Others = &share
		}})
	}
	if said := strings.Join(New(busy(0.9)).Warnings, "\n"); !strings.Contains(said, "at least 0.90 cpus busy while 10 trials were measured") {
		t.Errorf("nine tenths of a processor: %q", said)
	}
	if said := strings.Join(New(busy(0.05)).Warnings, "\n"); strings.Contains(said, "Other processes") {
		t.Errorf("a twentieth: %q", said)
	}
}
