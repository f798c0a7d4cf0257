package oneline

import "strconv"

// longestName is the maximum length of a file name in a message, in characters. A path may have
// 4,095 bytes, and a message may contain several.
const longestName = 100

// Name returns a file name or a path for a message. It shortens a long one. One with invisible
// characters or with bytes that are not UTF-8 is in quotes, with escape sequences.
func Name(name string) string {
	if show(name, "", visible) != name {
		return Quoted(name)
	}
	return Shorten(name, longestName)
}

// Quoted is like Name, and returns every name in quotes.
func Quoted(name string) string { return strconv.Quote(Shorten(name, longestName)) }

// Shorten cuts a text to maxLength characters. It removes the middle, because names usually differ
// at their ends.
func Shorten(s string, maxLength int) string {
	runes := []rune(s)
	if len(runes) <= maxLength {
		return s
	}
	head := maxLength / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(maxLength-head-1):])
}
