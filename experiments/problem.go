package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
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
	return strings.Join(mapSlice(ps, Problem.String), "\n")
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

// unknown refuses a name that is none of allowed: `unknown key "worker": did
// you mean "workers"? expected one of ...`.
func (d *decoder) unknown(n *yaml.Node, what, name string, allowed []string) {
	if d.full() {
		return // to find a near miss takes time
	}
	text := ": expected " + oneOf(allowed)
	if d.mayCompare(len(allowed)) {
		text = suggestion(name, allowed)
	}
	d.add(d.at(n), "unknown %s %s%s", what, quote(name), text)
}

// maxCompared bounds how many names are looked at for near misses: a thousand unknown
// names and five hundred commands would take ten seconds.
const maxComparisons = 10_000

// mayCompare reports whether a name may still be compared with n others.
func (d *decoder) mayCompare(n int) bool {
	d.comparisons += n
	return d.comparisons <= maxComparisons
}

// instead is what an error says after the name that it refuses.
func suggestion(name string, allowed []string) string {
	if near := Nearest(name, allowed); near != "" {
		return ": did you mean " + quote(near) + "? expected " + oneOf(allowed)
	}
	return ": expected " + oneOf(allowed)
}

// oneOf lists what is allowed: a name, or "one of a, b, c".
func oneOf(names []string) string {
	const most = 24 // a file may have any number of commands
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n > most:
		return "one of " + strings.Join(names[:most], ", ") + " and " + thousands(int64(n-most)) + " more"
	default:
		return "one of " + strings.Join(names, ", ")
	}
}

// Nearest is the one of names that somebody who wrote name probably meant, or "".
func Nearest(name string, names []string) string {
	const longest = 64
	if len(name) > longest {
		return ""
	}
	// A third of the letters may be wrong: "read" must not be taken for "copy".
	best, limit := "", max(1, len(name)/3)+1
	for _, candidate := range names {
		if gap := len(candidate) - len(name); gap >= limit || -gap >= limit {
			continue
		}
		if n := distance(name, candidate); n < limit {
			best, limit = candidate, n
		}
	}
	return best
}

// distance is Levenshtein's: how many letters to insert, delete or replace to
// make b of a. Two neighbours in the wrong order count as one, for that is the
// commonest slip of the hand.
func distance(a, b string) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// found says what stands at a node, for a message.
func found(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case isNull(n):
		return "nothing (null)"
	default:
		return quote(n.Value)
	}
}

// foundItems is found where an empty list or mapping is what is wrong.
func foundItems(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "an empty list"
	case n.Kind == yaml.MappingNode && len(n.Content) == 0:
		return "an empty mapping"
	}
	return found(n)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// quote is a text from the file as it stands in a message: in one line, in
// quotes and never long.
func quote(text string) string { return `"` + clip(text) + `"` }

// clip makes a text fit into a message.
func clip(text string) string {
	const most = 60
	var b strings.Builder
	for i, r := range text {
		switch {
		case i >= most:
			return b.String() + "..."
		case r == utf8.RuneError || !unicode.IsPrint(r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// thousands writes a number as people read it: 1,234,567.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
