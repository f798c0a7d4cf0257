package main

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A messages writer writes whole lines of text. On a terminal it breaks a long line between
// words. In a file or a pipe, lines stay whole for grep.
type messages struct{ to io.Writer }

// Unwrap returns the underlying writer, which may be a terminal.
func (m *messages) Unwrap() io.Writer { return m.to }

func (m *messages) Write(p []byte) (int, error) {
	width := widthOf(m.to, 0)
	if width == 0 {
		return m.to.Write(p)
	}
	var b strings.Builder
	for line := range strings.Lines(string(p)) {
		b.WriteString(wrap(line, width))
	}
	if _, err := io.WriteString(m.to, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// wrap breaks a line between words, and indents what follows. It does not break a command at
// the end of the line, so that a user can copy it. The terminal breaks a word that is wider than
// a line.
func wrap(line string, width int) string {
	if text.StringWidth(strings.TrimRight(line, "\n")) <= width {
		return line
	}
	const indent = "  "
	before, command, found := strings.Cut(line, ": iosweep ")
	words := strings.Split(before, " ")
	if found {
		words[len(words)-1] += ":"
		words = append(words, "iosweep "+command)
	}
	var b strings.Builder
	column := 0
	for i, word := range words {
		w := text.StringWidth(strings.TrimRight(word, "\n"))
		switch {
		case i == 0:
		case column+1+w > width && strings.TrimSpace(word) != "" && (len(indent)+w <= width || strings.HasPrefix(word, "iosweep ")):
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += w
	}
	return b.String()
}
