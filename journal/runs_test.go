package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestARunMayGrow has a second run in a journal: a plan that has more cells.
func TestARunMayGrow(t *testing.T) {
	cells := func(names ...string) (list []Cell) {
		for _, n := range names {
			list = append(list, Cell{Name: n})
		}
		return list
	}
	first := &Run{Version: 1, ID: "r1", PlanHash: "one", Cells: cells("a", "b")}
	for _, test := range []struct {
		name  string
		later Run
		want  string // of the error; empty: there is none
	}{
		{"the same", Run{Version: 1, ID: "r1", Cells: cells("a", "b")}, ""},
		{"of a newer format that is known", Run{Version: FormatVersion, ID: "r1", Cells: cells("a", "b")}, ""},
		{"more cells", Run{Version: 1, ID: "r1", Cells: cells("a", "b", "c")}, ""},
		{"fewer cells", Run{Version: 1, ID: "r1", Cells: cells("a")}, "it has 1 cells and the run before it has 2"},
		{"other cells", Run{Version: 1, ID: "r1", Cells: cells("b", "a", "c")}, `its cell 0 is "b", which was "a" before`},
		{"another run", Run{Version: 1, ID: "r2", Cells: cells("a", "b")}, `it is of the run "r2" in the journal of "r1"`},
		{"no format", Run{ID: "r1", Cells: cells("a", "b")}, "it is of format 0"},
		{"a table of cells that are not there", Run{Version: 1, ID: "r1", Cells: cells("a", "b"), Published: &Published{Baseline: 1}}, "row 1 of 0"},
	} {
		data := encode(t, Entry{Run: first}, failedTrial(1, 1), Entry{Run: &test.later}, failedTrial(2, len(test.later.Cells)-1))
		log, err := Read(bytes.NewReader(data))
		if test.want == "" {
			if err != nil || len(log.Run.Cells) != len(test.later.Cells) || log.Run.Version != test.later.Version || len(log.Trials) != 2 {
				t.Errorf("%s: got %+v, %v", test.name, log, err)
			}
			continue
		}
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Line != 3 || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want damage of line 3 with %q", test.name, err, test.want)
		}
	}

	// What is said of a cell that comes only later.
	for _, early := range []Entry{failedTrial(1, 2), {Note: &Note{Cell: new(2)}}} {
		data := encode(t, Entry{Run: first}, early, Entry{Run: &Run{Version: 1, ID: "r1", Cells: cells("a", "b", "c")}})
		if _, err := Read(bytes.NewReader(data)); err == nil || !strings.Contains(err.Error(), "cell 2 of 2") {
			t.Errorf("got %v, want that there is no cell 2 yet", err)
		}
	}
}

// failedTrial is a trial without anything that matters but its number and its cell.
func failedTrial(number, cell int) Entry {
	return Entry{Trial: &Trial{Trial: number, Round: number, Phase: Measured, Cell: cell, Attempt: 1, Status: Failed}}
}

// encode is a journal of some entries.
func encode(t testing.TB, entries ...Entry) (data []byte) {
	t.Helper()
	for _, e := range entries {
		line, err := encodeLine(e)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, line...)
	}
	return data
}
