package trial

import (
	"bytes"
	"strings"
)

// maxKept is the number of bytes of a program's output that are kept.
const maxKept = 64 << 10

// A stderrTail keeps the end of the data written to it, because a failing program prints the
// reason last.
type stderrTail struct {
	buf  []byte
	size int64 // of all data written
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

// quoted returns the last line for the end of an error message, or "".
func (t *stderrTail) quoted() string {
	text := bytes.TrimSpace(t.buf)
	if len(text) == 0 {
		return ""
	}
	return ": " + brief(text[bytes.LastIndexByte(text, '\n')+1:])
}

// lineWith returns the last line that contains a text.
func (t *stderrTail) lineWith(text string) (last string, found bool) {
	at := bytes.LastIndex(t.buf, []byte(text))
	if at < 0 {
		return "", false
	}
	begin := bytes.LastIndexByte(t.buf[:at], '\n') + 1
	line, _, _ := bytes.Cut(t.buf[begin:], []byte{'\n'})
	return brief(bytes.TrimSpace(line)), true
}

// brief returns the end of a line, short enough for a message.
func brief(line []byte) string {
	const most = 300
	if len(line) > most {
		line = line[len(line)-most:]
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}

// An outputHead keeps the beginning of the data written to it and counts the rest. It accepts
// all output of a program, so that the program is never blocked.
type outputHead struct {
	max  int // bytes that are kept
	buf  []byte
	size int64 // of all data written
}

func (h *outputHead) Write(p []byte) (int, error) {
	h.size += int64(len(p))
	h.buf = append(h.buf, p[:min(len(p), h.max-len(h.buf))]...)
	return len(p), nil
}

// isComplete reports whether all data was kept.
func (h *outputHead) isComplete() bool { return h.size == int64(len(h.buf)) }

// text returns the data kept, without an incomplete last line: half of a number is another
// number.
func (h *outputHead) text() []byte {
	if h.isComplete() {
		return h.buf
	}
	return h.buf[:bytes.LastIndexByte(h.buf, '\n')+1]
}
