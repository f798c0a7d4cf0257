package experiments

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text that was copied from a web page or a word processor often has characters that look like
// a quote, a colon or a space, or that are invisible. A message names them by their code point.

// confusable returns what kind of character r is, and what to write instead, if r is easily
// confused with an ASCII character. The replacement is empty for an invisible character.
func confusable(r rune) (kind, write string) {
	switch {
	case r < utf8.RuneSelf:
		return "", ""
	case strings.ContainsRune("\u00a0\u2007\u202f", r):
		return "a no-break space", " "
	case unicode.Is(unicode.Zs, r):
		return "a wide or narrow space", " "
	case strings.ContainsRune("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", r):
		return "an invisible character", ""
	case strings.ContainsRune("“”„‟«»″", r):
		return "a typographic quote", `"`
	case strings.ContainsRune("‘’‚‛′", r):
		return "a typographic quote", "'"
	case strings.ContainsRune("‐‑‒–—―−", r):
		return "a typographic dash", "-"
	case r >= '！' && r <= '～':
		return "a full-width character", string(r - '！' + '!')
	case strings.ContainsRune("、，", r):
		return "an ideographic comma", ","
	}
	return "", ""
}

// describeConfusable describes a confusable character: U+00A0 is a no-break space: write a space.
func describeConfusable(r rune) string {
	kind, write := confusable(r)
	advice := "write " + write
	switch write {
	case "":
		advice = "remove it"
	case " ":
		advice = "write a space"
	}
	return fmt.Sprintf("U+%04X is %s: %s", r, kind, advice)
}

// confusableIn returns the first confusable character of a text, or 0.
func confusableIn(text string) rune {
	for _, r := range text {
		if kind, _ := confusable(r); kind != "" {
			return r
		}
	}
	return 0
}

// confusableHint returns advice about the first confusable character of a text. It returns ""
// if there is none.
func confusableHint(text string) string {
	if r := confusableIn(text); r != 0 {
		return "; " + describeConfusable(r)
	}
	return ""
}

// asciiOf replaces the confusable characters of a text.
func asciiOf(text string) string {
	var b strings.Builder
	for _, r := range text {
		kind, write := confusable(r)
		if kind == "" {
			write = string(r)
		}
		b.WriteString(write)
	}
	return strings.TrimSpace(b.String())
}

// lineBreaks are the characters that end a line of YAML. A carriage return before a newline
// does not end another line.
const lineBreaks = "\r\n\u0085\u2028\u2029"

// cutLine returns the first line of a source without its line break, and the rest.
func cutLine(source []byte) (line, rest []byte, more bool) {
	i := bytes.IndexAny(source, lineBreaks)
	if i < 0 {
		return source, nil, false
	}
	_, size := utf8.DecodeRune(source[i:])
	if bytes.HasPrefix(source[i:], []byte("\r\n")) {
		size = 2
	}
	return source[:i], source[i+size:], true
}

// linesOf returns the lines of a source.
func linesOf(source []byte) (lines [][]byte) {
	lines = make([][]byte, 0, 1+bytes.Count(source, []byte("\n"))+bytes.Count(source, []byte("\r")))
	for more := true; more; {
		var line []byte
		line, source, more = cutLine(source)
		lines = append(lines, line)
	}
	return lines
}

// controlNames are the names of control characters that editors show.
var controlNames = map[rune]string{0: "NUL", 0x07: "BEL", 0x08: "backspace", 0x0c: "form feed", 0x1b: "escape", 0x1a: "Ctrl-Z", 0x7f: "delete"}

// forbidden returns the reason why YAML does not allow a character, or "" if it does.
func forbidden(r rune) string {
	switch {
	case r == '\t' || strings.ContainsRune(lineBreaks, r):
		return ""
	case unicode.IsControl(r):
		name := controlNames[r]
		if name == "" {
			name = "a control character"
		}
		return fmt.Sprintf("YAML does not allow the character U+%04X (%s): remove it", r, name)
	case r == 0xfffe || r == 0xffff:
		return fmt.Sprintf("YAML does not allow the character U+%04X: remove it", r)
	}
	return ""
}

// firstForbidden returns the position of the first character that YAML does not allow, and the
// reason. The reason is "" if there is none.
func firstForbidden(source []byte) (line, column int, reason string) {
	line, column = 1, 1
	for len(source) > 0 {
		if c := source[0]; c >= ' ' && c < 0x7f {
			column++
			source = source[1:]
			continue
		}
		r, size := utf8.DecodeRune(source)
		if r == utf8.RuneError && size == 1 {
			return line, column, fmt.Sprintf("the file is not UTF-8: the byte 0x%02X begins no character; save the file as UTF-8", source[0])
		}
		if reason := forbidden(r); reason != "" {
			return line, column, reason
		}
		if strings.ContainsRune(lineBreaks, r) {
			if bytes.HasPrefix(source, []byte("\r\n")) {
				size = 2
			}
			line, column = line+1, 0
		}
		column++
		source = source[size:]
	}
	return line, column, ""
}

// byteOrderMark may begin a file. It has no column.
var byteOrderMark = []byte("\ufeff")

// isUTF16 reports whether a source begins with a byte order mark of UTF-16, which PowerShell
// writes, or has its NUL bytes.
func isUTF16(source []byte) bool {
	return bytes.HasPrefix(source, []byte{0xff, 0xfe}) || bytes.HasPrefix(source, []byte{0xfe, 0xff}) ||
		len(source) > 3 && (source[0] == 0 && source[2] == 0 || source[1] == 0 && source[3] == 0)
}
