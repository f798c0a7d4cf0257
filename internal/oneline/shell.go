package oneline

import (
	"regexp"
	"strings"
)

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=~-]+$`)

// ForShell quotes a word for a shell, so that a user can copy and run a suggested command.
func ForShell(word string) string {
	if plainWord.MatchString(word) && !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
