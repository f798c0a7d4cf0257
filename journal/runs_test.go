package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestPlanMayGrow reads journals with a second run, whose plan has more cells.
func TestPlanMayGrow(t *testing.T) {
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
		want  string // part of the error; empty: no error
	}{
		{"the same", Run{Version: 1, ID: "r1", Cells: cells("a", "b")}, ""},
		{"a newer supported format", Run{Version: FormatVersion, ID: "r1", Cells: cells("a", "b")}, ""},
		{"more cells", Run{Version: 1, ID: "r1", Cells: cells("a", "b", "c")}, ""},
		{"fewer cells", Run{Version: 1, ID: "r1", Cells: cells("a")}, "it has 1 cells and the run before it has 2"},
		{"other cells", Run{Version: 1, ID: "r1", Cells: cells("b", "a", "c")}, `its cell 0 is "b", but was "a" before`},
		{"another run", Run{Version: 1, ID: "r2", Cells: cells("a", "b")}, `it belongs to run "r2", but the journal belongs to run "r1"`},
		{"no format", Run{ID: "r1", Cells: cells("a", "b")}, "its format is 0"},
		{"a table with a missing row", Run{Version: 1, ID: "r1", Cells: cells("a", "b"), Published: &Published{Baseline: 1}}, "row 1 of 0"},
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

	// Entries that refer to a cell before it exists.
	for _, early := range []Entry{failedTrial(1, 2), {Note: &Note{Cell: new(2)}}} {
		data := encode(t, Entry{Run: first}, early, Entry{Run: &Run{Version: 1, ID: "r1", Cells: cells("a", "b", "c")}})
		if _, err := Read(bytes.NewReader(data)); err == nil || !strings.Contains(err.Error(), "cell 2 of 2") {
			t.Errorf("got %v, want an error that cell 2 does not exist yet", err)
		}
	}
}

// failedTrial returns a trial in which only its number and its cell matter.
func failedTrial(number, cell int) Entry {
	return Entry{Trial: &Trial{Trial: number, Round: number, Phase: Measured, Cell: cell, Attempt: 1, Status: Failed}}
}

// encode returns the journal of the entries.
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
