// Package fault distinguishes a failure of the machine from a failure of the measured program.
//
// A trial may fail because the machine fails: its disk is full or broken. That says nothing
// about the cell, and every later trial would fail too. A machine fault is detected:
//
//  1. by the system error, if it arrives as an error: InChain;
//  2. by the text of the system error, if a worker process sent it through a pipe: Of;
//  3. by the file system, if a trial has failed and no file can be created or written
//     afterwards, whatever the program printed. The trial then marks its error with Mark.
//
// A trial that succeeds never has a fault, whatever the program printed.
package fault

import (
	"errors"
	"strings"
)

// Machine faults. Journals contain these texts.
const (
	Full     = "the disk is full"
	Quota    = "the disk quota is used up"
	ReadOnly = "the file system is read-only"
	Device   = "the file system fails (input/output error)"
)

// A systemFault is one machine fault and the system error that reports it.
type systemFault struct {
	err   error
	fault string
}

// text returns the system's text for the error in lower case, as Go and other programs print
// it.
func (f systemFault) text() string { return strings.ToLower(f.err.Error()) }

// Of returns the machine fault that an error reports, or "".
func Of(err error) string {
	if err == nil {
		return ""
	}
	if fault := InChain(err); fault != "" {
		return fault
	}
	for line := range strings.Lines(err.Error()) {
		if fault := faultAtEnd(line); fault != "" {
			return fault
		}
	}
	return ""
}

// InChain returns the machine fault in the chain of wrapped errors, or "". It does not read
// the text of an error, because that may come from a contender.
func InChain(err error) string {
	if marked, ok := errors.AsType[*Error](err); ok {
		return marked.fault
	}
	for _, f := range systemFaults {
		if errors.Is(err, f.err) {
			return f.fault
		}
	}
	return ""
}

// faultAtEnd reads one line of an iosweep error as a worker process sends it. The text of the
// system error must come last, as in Go's errors. Elsewhere in the line it may be part of a
// file name.
func faultAtEnd(line string) string {
	line = strings.ToLower(strings.TrimSpace(line))
	for _, f := range systemFaults {
		if before, ok := strings.CutSuffix(line, f.text()); ok && (before == "" || strings.HasSuffix(before, ": ")) {
			return f.fault
		}
	}
	return ""
}

// An Error is an error that a fault of the machine caused.
type Error struct {
	err   error
	fault string
}

// Mark returns err marked as caused by a machine fault, such as Full.
func Mark(err error, fault string) error { return &Error{err, fault} }

func (e *Error) Error() string { return e.err.Error() }

func (e *Error) Unwrap() error { return e.err }

// MentionsFull reports whether the output of a program says that a disk is full.
func MentionsFull(output string) bool {
	output = strings.ToLower(output)
	for _, f := range systemFaults {
		if f.fault == Full && strings.Contains(output, f.text()) {
			return true
		}
	}
	return false
}
