package oneline

import (
	"fmt"
	"io"
	"strings"
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
	if isClean(text, "\n\t") {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !hidden(r) || r == '\n' || r == '\t':
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
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
