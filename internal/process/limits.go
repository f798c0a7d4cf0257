package process

import (
	"errors"
	"io/fs"
)

// A limit that is met is no fault of the machine, which has not failed, and says
// nothing of how fast a cell is. Where the processes of a trial may not have what the
// cell takes, the cell gets no more trials; where the runner itself may not go on, the
// run stops. Both name the limit, and what raises it.

// A limitError is an error of this program's own calls that a limit explains.
type limitError struct {
	error
	limit string
}

func (e *limitError) Error() string { return e.error.Error() + " (" + e.limit + ")" }

func (e *limitError) Unwrap() error { return e.error }

// ExplainLimit adds the limit that was met to an error of the system's, because the
// error alone does not say what to change.
func ExplainLimit(err error) error {
	starting, isPath := errors.AsType[*fs.PathError](err)
	for _, l := range systemLimits() {
		if errors.Is(err, l.err) && (!l.starting || isPath && starting.Op == "fork/exec") {
			return &limitError{err, l.text}
		}
	}
	return err
}

// LimitOf is the limit that an error names, "" if it names none.
func LimitOf(err error) string {
	if e, ok := errors.AsType[*limitError](err); ok {
		return e.limit
	}
	return ""
}

// A systemLimit is a limit as the system reports that it was met.
type systemLimit struct {
	err      error
	starting bool // it is a limit where a process could not be started alone
	text     string
}
