package trial

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestHeadHasWholeLines checks that text contains no incomplete line, for writes of different
// sizes: half of a number is another number.
func TestHeadHasWholeLines(t *testing.T) {
	long := strings.Repeat("x", maxKept-10) + "\n"
	tests := []struct{ output, want string }{
		{"", ""},
		{"no newline", "no newline"},
		{"one\ntwo", "one\ntwo"},
		{long + "123456789", long + "123456789"},
		{long + "12345678\n", long + "12345678\n"},
		{long + "1234567890", long},
		{long + "12345678\n0", long + "12345678\n"},
		{strings.Repeat("x", maxKept+1), ""},
	}
	for i, test := range tests {
		for _, step := range []int{1000, maxKept, 1 << 20} {
			h := outputHead{max: maxKept}
			for rest := test.output; rest != ""; {
				n := min(step, len(rest))
				if _, err := io.WriteString(&h, rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if string(h.text()) != test.want || h.size != int64(len(test.output)) {
				t.Errorf("case %d in steps of %d: %d bytes of %d kept, want %d", i, step, len(h.text()), h.size, len(test.want))
			}
		}
	}
}

func TestTailFindsLine(t *testing.T) {
	tailOf := func(text string) *stderrTail {
		var tail stderrTail
		if _, err := io.WriteString(&tail, text); err != nil {
			t.Fatal(err)
		}
		return &tail
	}
	trace := "Traceback:\n  File 'x'\nOSError: [Errno 24] Too many open files: 'a'\nbye\n"
	tests := []struct{ output, text, want string }{
		{trace, "Too many open files", "OSError: [Errno 24] Too many open files: 'a'"},
		{trace, "Traceback", "Traceback:"},
		{trace, "bye", "bye"},
		{"no end of line: E", "E", "no end of line: E"},
		{"first E\nlast E\n", "E", "last E"},
		{strings.Repeat("-", 400) + "E\r\n", "E", strings.Repeat("-", 299) + "E"},
	}
	for _, test := range tests {
		if line, found := tailOf(test.output).lineWith(test.text); !found || line != test.want {
			t.Errorf("%q: found %v %q, want %q", test.text, found, line, test.want)
		}
	}
	if line, found := tailOf(trace).lineWith("too many"); found {
		t.Errorf("found %q, want no match in other letter case", line)
	}
	many := tailOf("E\n" + strings.Repeat(strings.Repeat("-", 99)+"\n", 1000))
	if _, found := many.lineWith("E"); found || len(many.buf) != maxKept {
		t.Errorf("the last %d of %d bytes are kept, want %d", len(many.buf), many.size, maxKept)
	}
}

func TestBlockedSeconds(t *testing.T) {
	of := func(x float64) *float64 { return &x }
	tests := []struct {
		output string
		want   *float64
		wrong  string // the line that the error must quote
	}{
		{output: "", want: nil},
		{output: "hello\nblocked for 3\nblocked_seconds_total 3\n", want: nil},
		{output: "blocked_seconds 0.0012\n", want: of(0.0012)},
		{output: "saving\nblocked_seconds 0.5\r\ndone\n", want: of(0.5)},
		{output: "blocked_seconds 0.5\nblocked_seconds 0.25", want: of(0.25)},
		{output: "blocked_seconds 0\n", want: of(0)},
		{output: "blocked_seconds 2\n", want: of(2)},
		{output: "blocked_seconds 1.5e-05\n", want: of(1.5e-05)},
		{output: "blocked_seconds\n", wrong: "blocked_seconds"},
		{output: "blocked_seconds soon\n", wrong: "blocked_seconds soon"},
		{output: "blocked_seconds 0.1 s\n", wrong: "blocked_seconds 0.1 s"},
		{output: "blocked_seconds -0.1\n", wrong: "blocked_seconds -0.1"},
		{output: "blocked_seconds 2.001\n", wrong: "blocked_seconds 2.001"},
		{output: "blocked_seconds NaN\n", wrong: "blocked_seconds NaN"},
		{output: "blocked_seconds inf\n", wrong: "blocked_seconds inf"},
		{output: "blocked_seconds 1e999\n", wrong: "blocked_seconds 1e999"},
		{output: "blocked_seconds 0x1p-3\n", wrong: "blocked_seconds 0x1p-3"},
		{output: "blocked_seconds 0,5\n", wrong: "blocked_seconds 0,5"},
		// A correct line does not hide a malformed one.
		{output: "blocked_seconds x\nblocked_seconds 1\n", wrong: "blocked_seconds x"},
	}
	for _, test := range tests {
		got, err := blockedSeconds([]byte(test.output), 2)
		if test.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", test.wrong)) {
				t.Errorf("%q: error %v does not quote %q", test.output, err, test.wrong)
			}
			continue
		}
		if err != nil || (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
			t.Errorf("%q: got %v, %v", test.output, got, err)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tl stderrTail
	for i := range 10000 {
		fmt.Fprintf(&tl, "line %d\n", i)
	}
	if len(tl.buf) != maxKept || tl.quoted() != ": line 9999" {
		t.Errorf("it keeps %d bytes and quotes %q, want %d bytes and line 9999", len(tl.buf), tl.quoted(), maxKept)
	}
	if (&stderrTail{}).quoted() != "" {
		t.Error("an empty tail quotes a line")
	}
}
