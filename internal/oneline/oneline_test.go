package oneline

import "testing"

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
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
