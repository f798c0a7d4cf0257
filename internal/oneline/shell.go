package oneline

import (
	"regexp"
	"strings"
)

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=~-]+$`)

// ForShell is a word as one types it: what a person is told to run has to run.
func ForShell(word string) string {
	if plainWord.MatchString(word) && !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
