// Package oneline makes texts from unknown sources safe for a terminal: it makes their invisible
// characters visible, and can put a text on one line. The output of a contender and its file names
// can contain escape sequences. They move the cursor, set the title, or type into the shell of the
// user.
package oneline

import (
	"strconv"
	"strings"
	"unicode"
)

// Of returns a text on one line. Line breaks and tabs become blanks. Other invisible characters
// become escape sequences of Go, such as \x1b for the escape character.
func Of(text string) string {
	if show(text, "", visible) == text {
		return text
	}
	return show(strings.TrimSpace(text), "", visible)
}

// Lines returns a text of several lines. It keeps line feeds and tabs, and replaces other invisible
// characters like Of.
func Lines(text string) string { return show(text, "\n\t", visible) }

// show replaces the hidden characters of a text, except those in keep.
func show(text, keep string, replace func(rune) string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if hidden(r) && !strings.ContainsRune(keep, r) {
			b.WriteString(replace(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visible returns a blank for white space, and the escape sequence of Go for other characters.
func visible(r rune) string {
	if unicode.IsSpace(r) {
		return " "
	}
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// hidden reports whether a character is invisible: control characters, line separators, format
// characters that change the direction of text, and characters without a width. The control
// characters include C1, which is the range from U+0080 to U+009F.
func hidden(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp)
}
