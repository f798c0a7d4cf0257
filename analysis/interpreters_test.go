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
	}
	w := analysistest.NewBuilder(2, cells...)
	interpreter := func(startup float64, in journal.Interpreter) {
		w.Note(journal.NoteInterpreter, "")
		in.Startup, in.Implementation = &startup, "CPython"
		w.Notes[len(w.Notes)-1].Interpreter = &in
	}
	commands := []string{"short", "long"}
	interpreter(9, journal.Interpreter{Placeholder: true, Version: "3.10.0", Commands: commands}) // of an earlier session
	interpreter(0.15, journal.Interpreter{Placeholder: true, Version: "3.11.7", Commands: commands})
	interpreter(0.05, journal.Interpreter{Placeholder: true, Program: "python3.12", Version: "3.12.1", FreeThreaded: true, Commands: commands})
	interpreter(0.2, journal.Interpreter{Program: "python3", Version: "3.11.7", Commands: []string{"shim"}})
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
	if got := d.startupFootnotes(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for i, startup := range []float64{0, 0.15, 0.15, 0.05, 0.15, 0.2} {
		if got := d.Summaries[i].InterpreterStartup; got.OK != (startup > 0) || got.X != startup {
			t.Errorf("cell %d: got a start of %v, want %v", i, got, startup)
		}
	}
}
