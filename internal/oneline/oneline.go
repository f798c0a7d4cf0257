// Package oneline makes text of unknown origin fit for one line of a terminal.
// What a contender says, and what it calls its files, may hold escape sequences
// that move the cursor, set the title or type into somebody's shell.
package oneline

import (
	"strconv"
	"strings"
	"unicode"
)

// Of is the text on one line. Breaks and tabs become blanks; whatever else is no
// character to be seen is shown as Go would write it, \x1b for the escape.
func Of(text string) string {
	clean := strings.IndexFunc(text, hidden) < 0
	if clean && strings.ToValidUTF8(text, "") == text {
		return text
	}
	var line strings.Builder
	for _, r := range strings.ToValidUTF8(strings.TrimSpace(text), "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			line.WriteByte(' ')
		case hidden(r):
			quoted := strconv.QuoteRuneToASCII(r)
			line.WriteString(quoted[1 : len(quoted)-1])
		default:
			line.WriteRune(r)
		}
	}
	return line.String()
}

// hidden says of a character that it does something else than to be seen: control
// characters, those of C1 and line separators included, and the format characters
// that turn the direction of writing.
func hidden(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp)
}
