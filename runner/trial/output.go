package trial

import (
	"bytes"
	"strings"
)

// maxKept is how much of what a program says is kept.
const maxKept = 64 << 10

// stderrTail keeps the end of what is written to it: a program that fails says why in
// its last words.
type stderrTail struct {
	buf  []byte
	size int64 // of all that was written
}

func (t *stderrTail) Write(p []byte) (int, error) {
	t.size += int64(len(p))
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - maxKept; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *stderrTail) String() string { return strings.ToValidUTF8(string(t.buf), "\uFFFD") }

// quoted is the last line, for the end of an error message.
func (t *stderrTail) quoted() string {
	text := bytes.TrimSpace(t.buf)
	if len(text) == 0 {
		return ""
	}
	return ": " + brief(text[bytes.LastIndexByte(text, '\n')+1:])
}

// lineWith is the last line that has a text in it.
func (t *stderrTail) lineWith(text string) (line string, found bool) {
	at := bytes.LastIndex(t.buf, []byte(text))
	if at < 0 {
		return "", false
	}
	begin := bytes.LastIndexByte(t.buf[:at], '\n') + 1
	whole, _, _ := bytes.Cut(t.buf[begin:], []byte{'\n'})
	return brief(bytes.TrimSpace(whole)), true
}

// brief is the end of a line, short enough for a message.
func brief(line []byte) string {
	const most = 300
	if len(line) > most {
		line = line[len(line)-most:]
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}

// outputHead keeps the beginning of what is written to it and counts the rest: who
// reads a program's output to its end does not hold it up.
type outputHead struct {
	most int // bytes that are kept
	buf  []byte
	size int64 // of all that was written
}

func (h *outputHead) Write(p []byte) (int, error) {
	h.size += int64(len(p))
	h.buf = append(h.buf, p[:min(len(p), h.most-len(h.buf))]...)
	return len(p), nil
}

// whole reports whether all was kept.
func (h *outputHead) whole() bool { return h.size == int64(len(h.buf)) }

// text is what was kept, without a line that was cut off: half of a number is
// another number.
func (h *outputHead) text() []byte {
	if h.whole() {
		return h.buf
	}
	return h.buf[:bytes.LastIndexByte(h.buf, '\n')+1]
}
