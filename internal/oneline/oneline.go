// Package oneline makes text of unknown origin fit for a terminal: each line stays
// one line. What a contender says, and what it calls its files, may hold escape
// sequences that move the cursor, set the title or type into somebody's shell.
package oneline

import (
	"strconv"
	"strings"
	"unicode"
)

// Of is the text on one line. Breaks and tabs become blanks; whatever else is no
// character to be seen is shown as Go would write it, \x1b for the escape.
func Of(text string) string {
	if show(text, "", visible) == text {
		return text
	}
	return show(strings.TrimSpace(text), "", visible)
}

// Lines is text of several lines, of which line feeds and tabs stay.
func Lines(text string) string { return show(text, "\n\t", visible) }

// show writes hidden characters, but those that stay, in another way.
func show(text, stay string, as func(rune) string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if hidden(r) && !strings.ContainsRune(stay, r) {
			b.WriteString(as(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func visible(r rune) string {
	if unicode.IsSpace(r) {
		return " "
	}
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// hidden reports whether a character does something else than to be seen: control
// characters, those of C1 and line separators included, the format characters that
// turn the direction of writing, and those without a width.
func hidden(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp)
}
