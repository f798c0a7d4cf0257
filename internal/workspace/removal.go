package workspace

import (
	"fmt"
	"strings"
)

// A RemovalError says that a removal has left something, and is no failure otherwise:
// all that could be removed is gone. What is left is never tried again by the same
// process.
type RemovalError struct{ Failures []RemovalFailure }

// RemovalFailure is something that was not removed.
type RemovalFailure struct {
	Path    string
	Reason  string
	Mounted bool // another file system or directory is there
}

func (e *RemovalError) Error() string {
	const most = 3
	var text []string
	for _, l := range e.Failures[:min(len(e.Failures), most)] {
		text = append(text, fmt.Sprintf("%s: %s", l.Path, l.Reason))
	}
	if more := len(e.Failures) - most; more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(text, "; ")
}

// Advice says what to do about it.
func (e *RemovalError) Advice() string {
	for _, l := range e.Failures {
		if l.Mounted {
			return "unmount it first (umount " + l.Path + "): rm -r would empty what is mounted there"
		}
	}
	return "remove it by hand"
}

// removalError is the error for what was left, nil if that is nothing.
func removalError(left []RemovalFailure) error {
	if len(left) == 0 {
		return nil
	}
	return &RemovalError{left}
}
