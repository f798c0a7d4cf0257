package format

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/oneline"
)

// maxNames is the number of names that Several shows if it counts the others.
const maxNames = 3

// Several joins names like Join. If there are more than four names, it shows three names and the
// number of the others, such as "a, b, c and 2 more".
func Several(names []string) string {
	if n := len(names); n > maxNames+1 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("%d more", n-maxNames))
	}
	return Join(names)
}

// Join joins a list, such as "a, b and c".
func Join(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// OneLine puts a text, such as an error with a stack trace, on one line of readable length, in
// which every character is visible.
func OneLine(s string) string {
	const longest = 300
	runes := []rune(oneline.Of(strings.Join(strings.Fields(s), " ")))
	if len(runes) > longest {
		cut := string(runes[:longest])
		if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
			cut = cut[:i+1] // cut between words if possible
		}
		return cut + "…"
	}
	return string(runes)
}
