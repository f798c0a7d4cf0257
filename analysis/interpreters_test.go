package analysis

import (
	"slices"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// TestStartupFootnotes checks which contenders have a large part of their time in the start of
// their interpreter.
func TestStartupFootnotes(t *testing.T) {
	cells := []analysistest.Cell{
		{Levels: "operation=write strategy=sequential", Seconds: []float64{0.1}},
		{Levels: "operation=write strategy=short workers=1", Seconds: []float64{0.2}},
		{Levels: "operation=write strategy=short workers=2", Seconds: []float64{0.3}},
		{Levels: "operation=write strategy=short workers=2 python=python3.12", Seconds: []float64{0.4}},
		{Levels: "operation=write strategy=long", Seconds: []float64{20}},
		{Levels: "operation=write strategy=shim", Seconds: []float64{0.15}},
		{Levels: "operation=write strategy=changed", Seconds: []float64{0.15}},
	}
	w := analysistest.NewBuilder(2, cells...)
	interpreter := func(startup float64, in journal.Interpreter) {
		w.Note(journal.NoteInterpreter, "")
		in.Startup = &startup
		w.Notes[len(w.Notes)-1].Interpreter = &in
	}
	commands := []string{"short", "long"}
	old, is := journal.Python{Version: "3.10.0", Implementation: "CPython"}, journal.Python{Version: "3.11.7", Implementation: "CPython"}
	free := journal.Python{Version: "3.12.1", Implementation: "CPython", FreeThreaded: true}
	interpreter(9, journal.Interpreter{Placeholder: true, Python: is, Commands: commands}) // of an earlier session
	interpreter(0.1, journal.Interpreter{Program: "python3", Python: old, Commands: []string{"changed"}})
	interpreter(0.15, journal.Interpreter{Placeholder: true, Python: is, Commands: commands})
	interpreter(0.05, journal.Interpreter{Placeholder: true, Program: "python3.12", Python: free, Commands: commands})
	interpreter(0.2, journal.Interpreter{Program: "python3", Python: is, Commands: []string{"shim", "changed"}})
	for round := range 2 {
		w.In(round + 1)
		for cell := range cells {
			w.Add(cell, journal.OK, "").Measurement = analysistest.Measurement(cells[cell].Seconds[0])
		}
	}
	d := New(w.Log)
	want := []string{
		"The start of the interpreter (CPython 3.11.7) is part of the time: 150 ms of 200 ms to 300 ms in short.",
		"The start of the interpreter (free-threaded CPython 3.12.1) is part of the time: 50.0 ms of 400 ms in short.",
		"The start of the interpreter (CPython 3.11.7) is part of the time: about all of 150 ms in shim.",
	}
	if got := d.startupFootnotes(Every); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(d.Interpreters) != 4 {
		t.Errorf("got %+v, want 4 interpreters: the two of changed, and no repetition", d.Interpreters)
	}
	for i, startup := range []float64{0, 0.15, 0.15, 0.05, 0.15, 0.2, 0} { // the last had two interpreters
		if got := d.Summaries[i].InterpreterStartup; got.OK != (startup > 0) || got.X != startup {
			t.Errorf("cell %d: got a start of %v, want %v", i, got, startup)
		}
	}
}
