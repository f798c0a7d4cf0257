package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Position is a place in an experiment file or in an override.
type Position struct {
	File         string // or "--set grid.workers=0"
	Line, Column int    // from 1; 0 where the place is no file
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// A Problem is one thing that is wrong with an experiment file: what was found,
// where, and what is allowed.
type Problem struct {
	At      Position
	Message string
}

func (p Problem) String() string { return p.At.String() + ": " + p.Message }

func problemf(at Position, format string, args ...any) Problem {
	return Problem{At: at, Message: fmt.Sprintf(format, args...)}
}

// Problems is the error of a file that is refused, sorted by position.
type Problems []Problem

// Error has one problem per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sorted is a list by position, each problem once: a node with two aliases is
// read twice.
func sorted(list Problems) Problems {
	slices.SortFunc(list, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Column, b.At.Column),
			strings.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(list)
}
