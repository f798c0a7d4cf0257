package journal

import (
	"fmt"
	"slices"
)

// An Interpreter is a Python interpreter that contenders run in, as a session found it.
type Interpreter struct {
	// Program is the text in the experiment: a level of the axis python or, if Placeholder is
	// not set, the program of a command. It is empty for {python} in a cell without a level.
	Program     string `json:"program"`
	Placeholder bool   `json:"placeholder,omitempty"` // the commands contain {python}
	// Path is the file that Program names, perhaps a shim. Executable is the interpreter
	// itself. Trials start Executable for {python}, and Path otherwise.
	Path           string `json:"path"`
	Executable     string `json:"executable"`
	Version        string `json:"version"`        // such as 3.11.7
	Implementation string `json:"implementation"` // such as CPython
	FreeThreaded   bool   `json:"free_threaded"`  // it runs without the global interpreter lock
	StartMethod    string `json:"start_method"`   // the default of multiprocessing; empty: unknown
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

// Kind returns the implementation and the version, for example
// free-threaded CPython 3.13.0.
func (i *Interpreter) Kind() string {
	text := i.Implementation + " " + i.Version
	if i.FreeThreaded {
		text = "free-threaded " + text
	}
	return text
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

// Runs reports whether the trials of a cell run in the interpreter.
func (i *Interpreter) Runs(c *Cell) bool {
	return slices.Contains(i.Commands, c.Levels["strategy"]) && (!i.Placeholder || c.Levels["python"] == i.Program)
}

// Interpreters returns the interpreters that notes describe, each as the last session found it.
func Interpreters(notes []Note) (list []Interpreter) {
	for _, n := range notes {
		if n.Interpreter == nil {
			continue
		}
		at := slices.IndexFunc(list, n.Interpreter.Same)
		if at < 0 {
			list = append(list, *n.Interpreter)
		} else {
			list[at] = *n.Interpreter
		}
	}
	return list
}
