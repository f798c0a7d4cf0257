package format

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/oneline"
)

// namedAtMost bounds how many cells one sentence names.
const namedAtMost = 3

// Several joins names as one would say them.
func Several(names []string) string {
	if n := len(names); n > namedAtMost+1 {
		names = append(slices.Clone(names[:namedAtMost]), fmt.Sprintf("%d more", n-namedAtMost))
	}
	return Join(names)
}

// Join reads like a, b and c.
func Join(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// Shorten cuts the middle out of a text: names differ at both ends.
func Shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	head := most / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(most-head-1):])
}

// OneLine folds an error, which may hold a whole stack, into one line of a
// readable length, in which every character can be seen.
func OneLine(s string) string {
	const longest = 300
	runes := []rune(oneline.Of(strings.Join(strings.Fields(s), " ")))
	if len(runes) > longest {
		cut := string(runes[:longest])
		if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
			cut = cut[:i+1] // between words, where there are any
		}
		return cut + "…"
	}
	return string(runes)
}
