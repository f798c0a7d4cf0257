// Package fault tells a fault of the machine from a failure of what was measured.
//
// A trial may fail because the machine would not: its disk is full, or fails. That
// says nothing of the cell, and it would go on with every trial that follows. A fault is
// known
//
//  1. by the system's error, where that arrives as an error: InChain;
//  2. by the system's text, where the error of a worker process has been through a
//     pipe: Of;
//  3. by the file system, where nothing more can be made, or no file written, when a
//     trial has failed, whatever the program made of that: then the trial blames the
//     machine with Mark.
//
// A trial that ends well is never one, whatever was printed.
package fault

import (
	"errors"
	"strings"
)

// What the machine may not do.
const (
	Full     = "the disk is full"
	Quota    = "the disk quota is used up"
	ReadOnly = "the file system is read-only"
	Device   = "the file system fails (input/output error)"
)

// A systemFault is one of them as the system reports it.
type systemFault struct {
	err  error
	what string
}

// text is how Go and other programs print it, in lower case.
func (f systemFault) text() string { return strings.ToLower(f.err.Error()) }

// Of says what the machine would not do where an error tells of it, or "".
func Of(err error) string {
	if err == nil {
		return ""
	}
	if what := InChain(err); what != "" {
		return what
	}
	for line := range strings.Lines(err.Error()) {
		if what := faultAtEnd(line); what != "" {
			return what
		}
	}
	return ""
}

// InChain looks at what an error wraps and not at its text, which may be the
// words of a contender.
func InChain(err error) string {
	if blamed, ok := errors.AsType[*Error](err); ok {
		return blamed.what
	}
	for _, f := range systemFaults {
		if errors.Is(err, f.err) {
			return f.what
		}
	}
	return ""
}

// faultAtEnd reads a line of an error of iosweep's own, as a worker process sends
// it: the system's text comes last, as Go has it, so that it is not the name of a
// file.
func faultAtEnd(line string) string {
	line = strings.ToLower(strings.TrimSpace(line))
	for _, f := range systemFaults {
		if before, ok := strings.CutSuffix(line, f.text()); ok && (before == "" || strings.HasSuffix(before, ": ")) {
			return f.what
		}
	}
	return ""
}

// An Error is an error of a program for which the machine is to blame.
type Error struct {
	err  error
	what string
}

// Mark marks an error as one for which the machine is to blame.
func Mark(err error, what string) error { return &Error{err, what} }

func (e *Error) Error() string { return e.err.Error() }

func (e *Error) Unwrap() error { return e.err }

// MentionsFull reports whether a program printed that a disk is full.
func MentionsFull(output string) bool {
	output = strings.ToLower(output)
	for _, f := range systemFaults {
		if f.what == Full && strings.Contains(output, f.text()) {
			return true
		}
	}
	return false
}
