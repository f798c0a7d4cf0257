package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

func TestRemaining(t *testing.T) {
	if n := remaining(New(analysistest.Eventful())); n != 0 {
		t.Errorf("after the run %d trials remain, want 0", n)
	}
	// At the fault each of the seven cells without quarantine lacks rounds 4 and 5, and
	// one of them lacks round 3.
	if n := remaining(New(analysistest.Until(analysistest.Eventful(), journal.NoteFault, analysistest.CellsBeforeExtension))); n != 7*2+1 {
		t.Errorf("at the fault %d trials remain, want 15", n)
	}
	// At the interruption three cells lack round 2.
	if n := remaining(New(analysistest.Until(analysistest.Eventful(), journal.NoteInterrupted, analysistest.CellsBeforeExtension))); n != 7*3+3 {
		t.Errorf("at the interruption %d trials remain, want 24", n)
	}

	w := analysistest.NewPair(3)
	w.Run.Warmup = 2
	if n := remaining(New(w.Log)); n != 10 {
		t.Errorf("before the first trial %d remain, want 10", n)
	}
	w.Phase = journal.Warmup
	w.Good(0).Bad(1, journal.Failed, "no")
	if n := remaining(New(w.Log)); n != 8 {
		t.Errorf("after a round of warm-ups %d remain, want 8", n)
	}
	w.Run.Cells[1].Skip = "no python3"
	if n := remaining(New(w.Log)); n != 4 {
		t.Errorf("without a cell that is skipped %d remain, want 4", n)
	}
	w.Run.Cells[1].Skip = ""
	w.In(1).Good(0).Bad(1, journal.Failed, journal.Unverified+"gone").Void(1, "disk full")
	if n := remaining(New(w.Log)); n != 7 {
		t.Errorf("after a void trial that follows a wrong one, %d remain, want 7", n)
	}
	w.Run.Cells[1].Retired = true
	if n := remaining(New(w.Log)); n != 3 {
		t.Errorf("without a cell that is retired %d remain, want 3", n)
	}
}

// remaining counts the trials that a resumed run would start with, including warm-ups.
// With adaptive repeats it is the maximum. Cells that are skipped, retired, quarantined
// or precise have no remaining trials.
func remaining(d *Data) (n int) {
	for _, s := range d.Cells() {
		if s.isLive() && !s.Precise {
			n += d.Run.Warmup + d.Run.Repeats - s.count(&d.Run).completed
		}
	}
	return n
}
