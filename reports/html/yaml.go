package html

import (
	"strings"

	"iosweep/internal/lazyregexp"
)

// A Token is a part of the experiment file. Kind is "key", "comment", "text" for a quoted string, or
// empty.
type Token struct{ Kind, Text string }

// yamlLine matches the beginning of a line of YAML, its key, the value and a comment.
var yamlLine = lazyregexp.New(`^(\s*(?:- +)*)((?:[^\s#:'"\[\]{},][^#:]*?|"[^"]*"|'[^']*'):(?:\s|$))?(.*)$`)

// yamlPart matches a quoted string or a comment within a value.
var yamlPart = lazyregexp.New(`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#.*$`)

// Highlight splits an experiment file into tokens. It is exact for simple files only. The tokens
// together always are the text.
func Highlight(source string) []Token {
	var list []Token
	add := func(kind, text string) {
		switch n := len(list); {
		case text == "":
		case n > 0 && list[n-1].Kind == kind:
			list[n-1].Text += text
		default:
			list = append(list, Token{kind, text})
		}
	}
	for line := range strings.Lines(source) {
		text := strings.TrimRight(line, "\r\n")
		m := yamlLine().FindStringSubmatch(text)
		add("", m[1])
		add("key", m[2])
		rest := m[3]
		for _, at := range yamlPart().FindAllStringIndex(m[3], -1) {
			done := len(m[3]) - len(rest)
			add("", rest[:at[0]-done])
			kind := "text"
			if strings.HasPrefix(strings.TrimLeft(m[3][at[0]:at[1]], " \t"), "#") {
				kind = "comment"
			}
			add(kind, m[3][at[0]:at[1]])
			rest = m[3][at[1]:]
		}
		add("", rest)
		add("", line[len(text):])
	}
	return list
}
