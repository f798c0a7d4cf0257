package process

import (
	"errors"
	"io/fs"
)

// Reaching a limit is not a failure of the machine, and it says nothing about the speed
// of a cell. If the processes of a trial reach a limit, the cell gets no more trials. If
// the runner itself reaches one, the run stops. Both messages name the limit and the way
// to raise it.

// A limitError is an error of a system call together with the limit that caused it.
type limitError struct {
	error
	limit string
}

func (e *limitError) Error() string { return e.error.Error() + " (" + e.limit + ")" }

func (e *limitError) Unwrap() error { return e.error }

// ExplainLimit adds the limit that was reached to a system error. The system error alone does
// not say which setting to change.
func ExplainLimit(err error) error {
	starting, isPath := errors.AsType[*fs.PathError](err)
	for _, l := range systemLimits() {
		if errors.Is(err, l.err) && (!l.starting || isPath && starting.Op == "fork/exec") {
			return &limitError{err, l.text}
		}
	}
	return err
}

// LimitOf returns the limit that an error names, or "" if it names none.
func LimitOf(err error) string {
	if e, ok := errors.AsType[*limitError](err); ok {
		return e.limit
	}
	return ""
}

// A systemLimit describes one limit and the system error that reports it.
type systemLimit struct {
	err      error
	starting bool // err means this limit only when a process could not be started
	text     string
}
