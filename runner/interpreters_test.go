package runner

import (
	"slices"
	"testing"

	"iosweep/journal"
	"iosweep/runner/preflight"
)

// TestProgramWarnings checks which interpreters of a resumed run differ from the earlier ones. Two
// commands may start the same program in two environments, and so two interpreters.
func TestProgramWarnings(t *testing.T) {
	in := func(version string, commands ...string) journal.Interpreter {
		return journal.Interpreter{
			Program: "python3", Commands: commands,
			Python: journal.Python{Path: "/python3", Executable: "/python3", Version: version, Implementation: "CPython"},
		}
	}
	log := &journal.Log{}
	for _, i := range []journal.Interpreter{in("3.8", "a"), in("3.9", "a"), in("3.10", "b")} {
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteInterpreter, Interpreter: &i})
	}
	for _, test := range []struct {
		now  []journal.Interpreter
		want []string
	}{
		{[]journal.Interpreter{in("3.9", "a"), in("3.10", "b")}, nil},
		{[]journal.Interpreter{in("3.9", "a"), in("3.11", "b")}, []string{"The run was resumed with another interpreter python3: CPython 3.11 in /python3, before CPython 3.10 in /python3."}},
		{[]journal.Interpreter{in("3.8", "a")}, []string{"The run was resumed with another interpreter python3: CPython 3.8 in /python3, before CPython 3.9 in /python3."}},
		{[]journal.Interpreter{in("3.12", "new")}, nil},
	} {
		r := &run{Prepared: &preflight.Prepared{}}
		for _, i := range test.now {
			r.Interpreters = append(r.Interpreters, preflight.Interpreter{Interpreter: i})
		}
		if got := r.programWarnings(log, &journal.Run{}); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %q, want %q", test.now, got, test.want)
		}
	}
}
