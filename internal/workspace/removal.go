package workspace

import (
	"fmt"
	"strings"
)

// A RemovalError lists the paths that could not be removed. Everything else was removed. The
// same process does not try those paths again.
type RemovalError struct{ Failures []RemovalFailure }

// A RemovalFailure is one path that could not be removed.
type RemovalFailure struct {
	Path    string
	Reason  string
	Mounted bool // a file system or directory is mounted there
}

func (e *RemovalError) Error() string {
	const maxListed = 3
	var text []string
	for _, l := range e.Failures[:min(len(e.Failures), maxListed)] {
		text = append(text, fmt.Sprintf("%s: %s", l.Path, l.Reason))
	}
	if more := len(e.Failures) - maxListed; more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(text, "; ")
}

// Advice returns the next step for the user.
func (e *RemovalError) Advice() string {
	for _, l := range e.Failures {
		if l.Mounted {
			return "unmount it first (umount " + l.Path + "): rm -r would delete the mounted files"
		}
	}
	return "remove it by hand"
}

// removalError returns the error for a list of failures, or nil if the list is empty.
func removalError(failures []RemovalFailure) error {
	if len(failures) == 0 {
		return nil
	}
	return &RemovalError{failures}
}
