package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/gate"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// abLog returns the journal of iosweep ab with three cells, whose BASE takes a second. It has the
// mean seconds of each cell of NEW and of each control.
func abLog(next, controls [3]float64) *journal.Log {
	var cells []analysistest.Cell
	for i := range next {
		levels := func(revision string) string {
			return fmt.Sprintf("operation=copy strategy=save workers=%d revision=%s", i+1, revision)
		}
		cells = append(cells,
			analysistest.Cell{Levels: levels("main"), Base: 3 * i, Seconds: []float64{1}},
			analysistest.Cell{Levels: levels("fast"), Base: 3 * i, Seconds: []float64{next[i]}},
			analysistest.Cell{Levels: levels("control"), Base: 3 * i, Seconds: []float64{controls[i]}},
		)
	}
	b := analysistest.NewBuilder(8, cells...)
	b.Run.AB = &journal.AB{Base: "main", New: "fast"}
	b.Run.Sources = []journal.Source{
		{Git: "/repo", Revision: "main", Commit: strings.Repeat("a", 40), Subject: "the first version"},
		{Git: "/repo", Revision: "fast", Commit: strings.Repeat("b", 40), Subject: "the fast version"},
	}
	for round := 1; round <= 8; round++ {
		b.In(round).Good(0, 1, 2, 3, 4, 5, 6, 7, 8)
	}
	return b.Note(journal.NoteFinished, "done").Log
}

func TestABVerdicts(t *testing.T) {
	even := [3]float64{1, 1, 1}
	for name, test := range map[string]struct {
		next, controls [3]float64
		sum, control   string
		noisy          int
	}{
		"slower": {[3]float64{1.3, 1, 0.8}, even, "NEW compared with BASE: slower in 1 of 3 cells, faster in 1 and ", "The 3 controls, which are BASE once more, are neither", 0},
		"noisy":  {even, [3]float64{1, 1.3, 1}, "NEW compared with BASE: ", "The machine is too noisy: the control copy/strategy=save/workers=2/revision=control is called slower than BASE", 1},
	} {
		d := analysis.New(abLog(test.next, test.controls))
		if got := d.AB.SumUp(); !strings.HasPrefix(got, test.sum) {
			t.Errorf("%s: got %q, want %q...", name, got, test.sum)
		}
		if got := d.AB.ControlSentence(); !strings.HasPrefix(got, test.control) || len(d.AB.Noisy) != test.noisy {
			t.Errorf("%s: got %q and %d noisy controls, want %q... and %d", name, got, len(d.AB.Noisy), test.control, test.noisy)
		}
	}
}

// TestABFamilies checks that the cells of NEW in all tables are one family, and the controls
// another.
func TestABFamilies(t *testing.T) {
	d := analysis.New(abLog([3]float64{1.01, 1.02, 1.03}, [3]float64{1, 1.005, 1.01}))
	for _, kind := range []int{1, 2} { // NEW, control
		var ps, adjusted []estimate.Value
		for i := range 3 {
			s := d.Summary(3*i + kind)
			if s.Control != (kind == 2) {
				t.Errorf("%s: got Control %v", s.Cell.Name, s.Control)
			}
			ps, adjusted = append(ps, s.Speedup.P), append(adjusted, s.Adjusted)
		}
		if diff := cmp.Diff(estimate.Holm(ps), adjusted); diff != "" {
			t.Errorf("kind %d (-want +got):\n%s", kind, diff)
		}
	}
}

// TestGateIgnoresControls: a control that is called slower is no finding of a gate.
func TestGateIgnoresControls(t *testing.T) {
	d := analysis.New(abLog([3]float64{1, 1, 1}, [3]float64{1.3, 1.3, 1.3}))
	for _, c := range gate.OfRun(d.Cells()) {
		if strings.Contains(c.Name, "control") {
			t.Errorf("the gate looks at %s", c.Name)
		}
	}
	if len(d.AB.Noisy) != 3 {
		t.Errorf("%d controls are noisy, want 3", len(d.AB.Noisy))
	}
}

// TestDescribeSource checks the description of each kind of revision.
func TestDescribeSource(t *testing.T) {
	hash := strings.Repeat("a", 40)
	for want, s := range map[string]journal.Source{
		`main is aaaaaaaaa, "first"`:                            {Revision: "main", Commit: hash, Subject: "first"},
		`worktree is aaaaaaaaa without changes, "first"`:        {Revision: "worktree", Commit: hash, Subject: "first", Tree: "t"},
		`worktree is aaaaaaaaa with changes (2 files), "first"`: {Revision: "worktree", Commit: hash, Subject: "first", Tree: "t", Changed: 2},
		`worktree has no commit`:                                {Revision: "worktree", Tree: "t", Changed: 2},
	} {
		if got := analysis.DescribeSource(s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
