package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

func TestRemaining(t *testing.T) {
	if n := remaining(New(analysistest.Eventful())); n != 0 {
		t.Errorf("after the night %d trials remain", n)
	}
	// At the fault each of the seven cells that are not quarantined lacks rounds 4
	// and 5, and one of them round 3.
	if n := remaining(New(analysistest.Until(analysistest.Eventful(), journal.NoteFault, analysistest.CellsBeforeExtension))); n != 7*2+1 {
		t.Errorf("at the fault %d trials remain, want 15", n)
	}
	// When it was interrupted, three cells lacked round 2.
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
	w.Run.Cells[1].Skip, w.Run.Cells[1].Retired = "", true
	if n := remaining(New(w.Log)); n != 4 {
		t.Errorf("without a cell that is retired %d remain, want 4", n)
	}
}

// remaining counts the trials that are still to be run, warm-ups included: those
// that a resumed run would begin with; at most, where repeats adapt. Cells that are
// skipped, retired, quarantined or known well enough have none.
func remaining(d *Data) (n int) {
	for _, s := range d.Cells() {
		if s.live() && !s.Precise {
			n += d.Run.Warmup + d.Run.Repeats - s.count(&d.Run).over
		}
	}
	return n
}
