package journal

import (
	"fmt"
	"slices"
)

// A Python describes a Python interpreter, as it tells itself.
type Python struct {
	Path           string `json:"path"`           // the file in PATH, perhaps a shim
	Executable     string `json:"executable"`     // the file of the interpreter itself
	Version        string `json:"version"`        // such as 3.11.7
	Implementation string `json:"implementation"` // such as CPython
	FreeThreaded   bool   `json:"free_threaded"`  // it runs without the global interpreter lock
	StartMethod    string `json:"start_method"`   // the default of multiprocessing; empty: unknown
}

// Kind returns the implementation and the version, for example
// free-threaded CPython 3.13.0.
func (p *Python) Kind() string {
	text := p.Implementation + " " + p.Version
	if p.FreeThreaded {
		text = "free-threaded " + text
	}
	return text
}

// An Interpreter is a Python interpreter that contenders run in, as a session found it. Trials
// start its Executable for {python}, and its Path otherwise.
type Interpreter struct {
	// Program is the text in the experiment: a level of the axis python or, if Placeholder is
	// not set, the program of a command. It is empty for {python} in a cell without a level.
	Program     string `json:"program"`
	Placeholder bool   `json:"placeholder,omitempty"` // the commands contain {python}
	Python
	// Startup is the median time of a program that does nothing, started as in trials; nil if it
	// was not measured.
	Startup *float64 `json:"startup_seconds"`
	// Commands are the contenders that run in it.
	Commands []string `json:"commands"`
}

// Name returns the name of the interpreter in the experiment.
func (i *Interpreter) Name() string {
	if i.Program == "" {
		return "{python}"
	}
	return i.Program
}

// Started returns the file that trials start. For {python} it is the interpreter itself, because
// a shim would take part of the time of each trial.
func (i *Interpreter) Started() string {
	if i.Placeholder {
		return i.Executable
	}
	return i.Path
}

// String describes the interpreter, for example as CPython 3.11.7 in /usr/bin/python3.
func (i *Interpreter) String() string {
	text := i.Kind() + " in " + i.Executable
	switch {
	case i.Path == i.Executable:
	case i.Placeholder:
		text += fmt.Sprintf(", to which %s leads", i.Path)
	default:
		text += fmt.Sprintf(", which %s starts", i.Path)
	}
	return text
}

// Same reports whether the experiment has the same text for both.
func (i *Interpreter) Same(other Interpreter) bool {
	return i.Program == other.Program && i.Placeholder == other.Placeholder
}

// An InterpreterKey identifies an interpreter in the notes of several sessions.
type InterpreterKey struct {
	Program     string
	Placeholder bool
	Python
}

// Key returns what identifies the interpreter. It leaves out what each session measures again.
func (i *Interpreter) Key() InterpreterKey { return InterpreterKey{i.Program, i.Placeholder, i.Python} }

// maxInterpreters limits the interpreters and the levels of the axis python of a run.
const maxInterpreters = 1000

// Interpreters returns the interpreters that notes describe, each as the last session with it
// found it. If sessions found several for the same program, the latest is the last. It returns
// the last 1,000 of a longer list.
func Interpreters(notes []Note) (list []Interpreter) {
	seen := map[InterpreterKey]bool{}
	for _, n := range slices.Backward(notes) {
		if n.Interpreter == nil || seen[n.Interpreter.Key()] {
			continue
		}
		if len(list) == maxInterpreters {
			break
		}
		seen[n.Interpreter.Key()] = true
		list = append(list, *n.Interpreter)
	}
	slices.Reverse(list)
	return list
}
