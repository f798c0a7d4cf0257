package oneline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		" as it is, Grüße, 世界 ":         " as it is, Grüße, 世界 ",
		"a\nb\r\nc\td\n":                "a b  c d",
		"\x1b]0;title\a\x1b[2J\x1b[31m": `\x1b]0;title\a\x1b[2J\x1b[31m`,
		"C1: \u009b2J, DEL: \x7f":       `C1: \u009b2J, DEL: \x7f`,
		"torn \xff\xfe":                 "torn \uFFFD",
		"turned \u202egnp.exe":          `turned \u202egnp.exe`,
		"line\u2028separator":           "line separator",
		"nul\x00":                       `nul\x00`,
	} {
		if got := Of(text); got != want {
			t.Errorf("Of(%q) = %q, want %q", text, got, want)
		}
	}
}

// invisible contains characters that change the direction of text, have no width or break a line.
// It does not contain C0 and C1.
const invisible = "\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u2060\U000e0041"

func TestInvisibleCharactersAreEscaped(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r < 0xa0; r++ {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f {
			all.WriteRune(r)
		}
	}
	all.WriteString(invisible)
	for _, r := range all.String() {
		text := fmt.Sprintf("a%cb", r)
		if got := Of(text); strings.ContainsRune(got, r) || got == "ab" {
			t.Errorf("Of(%+q) = %+q", text, got)
		}
		if got := Lines(text + "\n\tc"); strings.ContainsRune(got, r) || !strings.HasSuffix(got, "b\n\tc") {
			t.Errorf("Lines(%+q) = %+q", text, got)
		}
	}
}

// TestWritersJoinPartialCharacters checks that text written byte by byte gives the same output as
// text written at once.
func TestWritersJoinPartialCharacters(t *testing.T) {
	text := "Grüße 世界\n\tc\x1b[2J\u202e😀" + invisible
	var b bytes.Buffer
	w := Writer(&b)
	for i := range len(text) {
		if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if b.String() != Lines(text) {
		t.Errorf("got %+q, want %+q", b.String(), Lines(text))
	}
	encoded, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	w = JSON(&b)
	for i := range encoded {
		w.Write(encoded[i : i+1])
	}
	var back string
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != text || Of(b.String()) != b.String() {
		t.Errorf("got %+q, which decodes to %+q; error %v", b.String(), back, err)
	}
}

func TestName(t *testing.T) {
	long := strings.Repeat("directory/", 400) + "file.txt"
	for name, want := range map[string]string{
		"a b/ü.txt":     "a b/ü.txt",
		"line\nfeed":    `"line\nfeed"`,
		"not-utf8-\xff": `"not-utf8-\xff"`,
		"\x1b[2J":       `"\x1b[2J"`,
		long:            strings.Repeat("directory/", 5) + "…" + long[len(long)-49:],
	} {
		if got := Name(name); got != want {
			t.Errorf("Name(%.60q) = %s, want %s", name, got, want)
		}
	}
	if got := Quoted(`a "b"`); got != `"a \"b\""` {
		t.Errorf("got %s", got)
	}
}
