package journal

import (
	"fmt"
	"slices"
	"testing"
)

// TestInterpreters checks which interpreters of several sessions are listed, and in which order.
func TestInterpreters(t *testing.T) {
	note := func(program, version string, startup float64) Note {
		return Note{Kind: NoteInterpreter, Interpreter: &Interpreter{Program: program, Python: Python{Version: version}, Startup: &startup}}
	}
	var got []string
	for _, in := range Interpreters([]Note{
		note("a", "3.9", 1), note("b", "3.9", 2),
		{Kind: NoteResumed},
		note("a", "3.10", 3), note("b", "3.9", 4),
	}) {
		got = append(got, fmt.Sprint(in.Program, " ", in.Version, " ", *in.Startup))
	}
	if want := []string{"a 3.9 1", "a 3.10 3", "b 3.9 4"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var many []Note
	for i := range 3 * maxInterpreters {
		many = append(many, note(fmt.Sprint(i), "3.9", 1))
	}
	list := Interpreters(many)
	if len(list) != maxInterpreters || list[maxInterpreters-1].Program != many[len(many)-1].Interpreter.Program {
		t.Errorf("got %d interpreters of %d, want the last %d", len(list), len(many), maxInterpreters)
	}
}

// TestCheckInterpreter refuses an interpreter with absurd values.
func TestCheckInterpreter(t *testing.T) {
	for _, test := range []struct {
		in    Interpreter
		valid bool
	}{
		{Interpreter{Commands: make([]string, maxInterpreters)}, true},
		{Interpreter{Commands: make([]string, maxInterpreters+1)}, false},
		{Interpreter{Startup: new(-1.0)}, false},
	} {
		e := Entry{Note: &Note{Kind: NoteInterpreter, Interpreter: &test.in}}
		e.Note.At = typicalRun(1).StartedAt
		if err := e.check(); (err == nil) != test.valid {
			t.Errorf("%d commands: got %v, want valid %v", len(test.in.Commands), err, test.valid)
		}
	}
}
