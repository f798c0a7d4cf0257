package workspace

import (
	"fmt"
	"strings"
)

// A LeftError says that a removal has left something, and is no failure otherwise:
// all that could be removed is gone. What is left is never tried again by the same
// process.
type LeftError struct{ Left []Left }

// Left is something that was not removed.
type Left struct {
	Path    string
	Reason  string
	Mounted bool // another file system or directory is there
}

func (e *LeftError) Error() string {
	const most = 3
	var text []string
	for _, l := range e.Left[:min(len(e.Left), most)] {
		text = append(text, fmt.Sprintf("%s: %s", l.Path, l.Reason))
	}
	if more := len(e.Left) - most; more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(text, "; ")
}

// Advice says what to do about it.
func (e *LeftError) Advice() string {
	for _, l := range e.Left {
		if l.Mounted {
			return "unmount it first (umount " + l.Path + "): rm -r would empty what is mounted there"
		}
	}
	return "remove it by hand"
}

// leftError is the error for what was left, nil if that is nothing.
func leftError(left []Left) error {
	if len(left) == 0 {
		return nil
	}
	return &LeftError{left}
}
