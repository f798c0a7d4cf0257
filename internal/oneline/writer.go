package oneline

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer returns a writer that applies Lines to everything written to it. Use it for all output for
// people, at the place where text leaves the program, so that no message can bypass it.
func Writer(w io.Writer) io.Writer { return &filter{to: w, change: Lines} }

// JSON returns a writer for JSON that replaces every hidden character with a JSON escape, which has
// the same meaning. The package encoding/json escapes only a few of them.
func JSON(w io.Writer) io.Writer { return &filter{to: w, change: escapeJSON} }

func escapeJSON(text string) string {
	return show(text, "\n\t", func(r rune) string {
		escape := ""
		for _, unit := range utf16.AppendRune(nil, r) {
			escape += fmt.Sprintf(`\u%04x`, unit)
		}
		return escape
	})
}

// A filter changes text and writes it to another writer. If a write ends within a character, the
// filter keeps the incomplete character for the next write.
type filter struct {
	to     io.Writer
	change func(string) string
	rest   []byte // an incomplete character
}

// Unwrap returns the underlying writer, which may be a terminal.
func (f *filter) Unwrap() io.Writer { return f.to }

func (f *filter) Write(p []byte) (int, error) {
	text := append(f.rest, p...)
	whole := len(text)
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if utf8.RuneStart(text[len(text)-i]) {
			if !utf8.FullRune(text[len(text)-i:]) {
				whole -= i
			}
			break
		}
	}
	_, err := io.WriteString(f.to, f.change(string(text[:whole])))
	f.rest = append([]byte(nil), text[whole:]...)
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
