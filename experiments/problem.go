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
	Line, Column int    // from 1; 0 if the place is not in a file
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// A Problem is one error in an experiment file. The message contains the found and the allowed
// values.
type Problem struct {
	At      Position
	Message string
	Example string // lines for the file; empty: none
}

// String returns the position and the message on one line, and the example on the next lines.
func (p Problem) String() string {
	text := p.At.String() + ": " + p.Message
	if p.Example != "" {
		text += "\n  " + strings.ReplaceAll(p.Example, "\n", "\n  ")
	}
	return text
}

func problemf(at Position, format string, args ...any) Problem {
	return Problem{At: at, Message: fmt.Sprintf(format, args...)}
}

// Problems is the error of an invalid file, sorted by position.
type Problems []Problem

// Error returns one line for each problem, and the lines of examples.
func (ps Problems) Error() string {
	return strings.Join(mapSlice(ps, Problem.String), "\n")
}

// sorted sorts the list by position and removes duplicates. A node with two aliases is read
// twice.
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

// unknown reports a name that is not in allowed: `unknown key "worker": did you mean
// "workers"? expected one of ...`.
func (d *decoder) unknown(n *yaml.Node, what, name string, allowed []string) {
	if d.full() {
		return // finding a similar name takes time
	}
	text := ": expected " + oneOf(allowed)
	switch hint := wordHint(name, allowed, d.manyLevels); {
	case confusableIn(name) != 0:
		text = confusableHint(name) + "; expected " + oneOf(allowed)
	case hint != "":
		text = hint
	case foreignLetter(name) != 0:
		text = fmt.Sprintf("; U+%04X is not a letter of ASCII%s", foreignLetter(name), strings.Replace(text, ":", ";", 1))
	case d.mayCompare(len(allowed)):
		text = suggestion(name, allowed)
		if what == Strategy.String() && d.source != nil { // a selection has no experiment file
			text += "; describe a program of your own under commands"
		}
	}
	d.problem(n, "unknown %s %s%s", what, quote(name), text)
}

// foreignLetter returns the first letter of a text that is not in ASCII, or 0. It may look like one
// that is.
func foreignLetter(text string) rune {
	for _, r := range text {
		if r >= utf8.RuneSelf && unicode.IsLetter(r) {
			return r
		}
	}
	return 0
}

// maxComparisons limits the number of names that are compared to find similar ones. A
// thousand unknown names and five hundred commands would take ten seconds.
const maxComparisons = 10_000

// mayCompare reports whether a name may still be compared with n others.
func (d *decoder) mayCompare(n int) bool {
	d.comparisons += n
	return d.comparisons <= maxComparisons
}

// suggestion returns the part of an error after the refused name: the nearest allowed name, if
// any, and all allowed names.
func suggestion(name string, allowed []string) string {
	if near := Nearest(name, allowed); near != "" {
		return ": did you mean " + quote(near) + "? expected " + oneOf(allowed)
	}
	return ": expected " + oneOf(allowed)
}

// oneOf lists the allowed names: a single name, or "one of a, b, c".
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

// Nearest returns the element of names that is most similar to name, or "" if none is similar
// enough. It ignores case.
func Nearest(name string, names []string) string {
	const longest = 64
	if len(name) > longest {
		return ""
	}
	name = strings.ToLower(name)
	// A third of the letters may differ. "read" must not match "copy".
	best, limit := "", max(1, len(name)/3)+1
	for _, candidate := range names {
		if gap := len(candidate) - len(name); gap >= limit || -gap >= limit {
			continue
		}
		if n := distance(name, strings.ToLower(candidate)); n < limit {
			best, limit = candidate, n
		}
	}
	return best
}

// Similar returns the nearest name. If none is near, it returns the first name that begins
// with the given word, or that the given word begins with. It returns "" if there is none.
func Similar(given string, names []string) string {
	if near := Nearest(given, names); near != "" {
		return near
	}
	for _, name := range names {
		if min(len(given), len(name)) >= 3 && (strings.HasPrefix(given, name) || strings.HasPrefix(name, given)) {
			return name
		}
	}
	return ""
}

// distance returns the Levenshtein distance: the number of letters to insert, delete or
// replace to turn a into b. Two adjacent letters in the wrong order count as one, because that
// is the most common typing error.
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

// found describes a node for a message.
func found(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case isNull(n):
		return "nothing (null)"
	default:
		return quote(n.Value) + confusableHint(n.Value)
	}
}

// foundItems is like found, but distinguishes empty lists and mappings.
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

// quote formats a text from the file for a message: quoted, on one line and shortened.
func quote(text string) string { return `"` + clip(text) + `"` }

// clip shortens a text and writes its unprintable characters as <U+0000>.
func clip(text string) string {
	const most = 60
	var b strings.Builder
	for i, r := range text {
		switch {
		case i >= most:
			return b.String() + "..."
		case r == utf8.RuneError:
			b.WriteRune(r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// thousands formats a number with separators: 1,234,567.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
