package oneline

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer passes on what is written to it as Lines makes it: for everything that
// people read. It is put where text leaves the program, so that no message can
// forget about it.
func Writer(w io.Writer) io.Writer { return &filter{to: w, change: Lines} }

// JSON passes JSON on with every hidden character written as an escape, which means
// the same to whoever reads it: encoding/json does so for a few of them only.
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

// A filter changes text on its way. A character that was written in part waits for
// the rest of it.
type filter struct {
	to     io.Writer
	change func(string) string
	rest   []byte
}

// Unwrap is where the text goes: it may be a terminal.
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
