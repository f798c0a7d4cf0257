package cluster

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/journal"
)

// TestWholeRounds checks when the last round of an attempt is whole. Each text has the trials of the measured rounds
// of two cells: a good one is the letter of its cell, a bad one a capital.
func TestWholeRounds(t *testing.T) {
	for _, test := range []struct {
		name, rounds string
		finished     bool
		skip         int // the cell that is skipped; -1: none
		whole        int // number of rounds
	}{
		{"each cell", "ab ab", false, -1, 2},
		{"in any order", "ab ba", false, -1, 2},
		{"a cell is missing", "ab a", false, -1, 1},
		{"a cell may be repeated", "ab aB", false, -1, 1},
		{"good after a retry", "ab aBb", false, -1, 2},
		{"a later round has begun", "aB a ab", false, -1, 3},
		{"finished", "ab aB a", true, -1, 3},
		{"a skipped cell", "a a", false, 1, 2},
		{"none", "", false, -1, 0},
	} {
		a := &Attempt{Run: journal.Run{Cells: make([]journal.Cell, 2)}, Log: &journal.Log{}}
		if test.skip >= 0 {
			a.Run.Cells[test.skip].Skip = "no such program"
		}
		for n, text := range strings.Fields(test.rounds) {
			for _, letter := range text {
				trial := journal.Trial{Phase: journal.Measured, Round: n + 1, Cell: strings.IndexRune("abAB", letter) % 2, Status: journal.OK}
				if strings.ContainsRune("AB", letter) {
					trial.Status = journal.Failed
				}
				a.Log.Trials = append(a.Log.Trials, trial)
			}
		}
		if test.finished {
			a.Log.Notes = []journal.Note{{Kind: journal.NoteFinished}}
		}
		whole, unused := wholeRounds([]*Attempt{a})
		if len(whole) != test.whole || len(whole)+len(unused) != len(strings.Fields(test.rounds)) {
			t.Errorf("%s: %q has %d whole rounds and %d others, want %d whole", test.name, test.rounds, len(whole), len(unused), test.whole)
		}
	}
}

// TestMergeMapsCells merges two tables. The trials and notes of an attempt have the indices of its shard, and a trial
// that was repeated stays behind the first.
func TestMergeMapsCells(t *testing.T) {
	s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
	fake{Sweep: s, plan: plan, node: "n1", start: epoch}.write(t)
	fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch.Add(time.Hour), change: func(log *journal.Log) {
		at := slices.IndexFunc(log.Trials, func(t journal.Trial) bool { return t.Phase == journal.Measured && t.Cell == 2 })
		bad := log.Trials[at]
		bad.Status, bad.Error = journal.Failed, "exit code 1"
		log.Trials[at].Attempt = 2
		log.Trials = slices.Insert(log.Trials, at, bad)
		for i := range log.Trials {
			log.Trials[i].Trial = i + 1
		}
		log.Notes = append(log.Notes,
			journal.Note{At: epoch, Kind: journal.NoteQuarantined, Cell: new(2), Text: "gets no more trials: it failed"},
			journal.Note{At: epoch, Kind: journal.NoteWarning, Text: "The machine is busy."})
	}}.write(t)
	m, err := s.Merge()
	if err != nil {
		t.Fatal(err)
	}
	cell := s.Shards[1].Cells[2]
	var attempts []int
	for i := range m.Log.Trials {
		trial := &m.Log.Trials[i]
		if trial.Name != s.Run.Cells[trial.Cell].Name {
			t.Errorf("trial %d of %s is in cell %d, %s", trial.Trial, trial.Name, trial.Cell, s.Run.Cells[trial.Cell].Name)
		}
		if trial.Cell == cell && trial.Phase == journal.Measured {
			attempts = append(attempts, trial.Attempt)
		}
	}
	if !slices.Equal(attempts, []int{1, 2, 1, 1}) {
		t.Errorf("the cell with a retry has the attempts %v, want 1 2 1 1", attempts)
	}
	for i, c := range m.Log.Run.Cells {
		if c.Baseline != s.Run.Cells[i].Baseline || c.Name != s.Run.Cells[i].Name {
			t.Errorf("cell %d is %s with the baseline %d, want %s with %d", i, c.Name, c.Baseline, s.Run.Cells[i].Name, s.Run.Cells[i].Baseline)
		}
	}
	var texts []string
	for _, n := range m.Log.Notes {
		if n.Kind == journal.NoteWarning {
			texts = append(texts, n.Text)
		}
		if n.Kind == journal.NoteQuarantined && (n.Cell == nil || *n.Cell != cell) {
			t.Errorf("the note %+v is about another cell than %d", n, cell)
		}
	}
	if want := []string{"On n2: The machine is busy."}; !reflect.DeepEqual(texts, want) {
		t.Errorf("got the warnings %q, want %q", texts, want)
	}
}
