package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is the maximum number of bytes of a line, including its line feed. The header
// of the largest allowed grid takes a sixth of that.
const maxLine = 256 << 20

// maxTail is the maximum number of bytes that a crash leaves after the last whole line. It
// leaves a partial line, and the reserved space if a file system makes that space a part of
// the file. A longer tail has another cause, so it is damage. This limit keeps a reader from
// reading ten gigabytes of zeros.
const maxTail = maxLine + maxReserve

// lines reads a journal line by line. It keeps one line at a time and allocates no memory
// per line, because a journal may have a million lines. It keeps no more bytes of a line
// than its length field announces. It keeps nothing from the first zero byte on: no valid
// line contains one, and an endless row of zeros may follow a journal.
type lines struct {
	text   []byte // without its line end, up to the first zero byte; valid until the next call of next
	zeros  zeros  // the rest of the line, from the first zero byte
	ended  bool   // a line feed ends the line
	number int    // from 1
	at     int64  // offset of its first byte
	size   int64  // in bytes, its line feed included
	bad    error  // why the line was not read to its end
	err    error

	r *bufio.Reader
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<18)} }

// next advances to the next line. It returns false at the end and after an error.
func (l *lines) next() bool {
	l.at += l.size
	l.number++
	l.text, l.zeros, l.size = l.text[:0], zeros{begin: -1}, 0
	more := true
	for more && l.bad == nil {
		part, err := l.r.ReadSlice('\n')
		more, l.ended = errors.Is(err, bufio.ErrBufferFull), err == nil
		if err != nil && !more && !errors.Is(err, io.EOF) {
			l.err = err
			return false
		}
		at := l.at + l.size
		l.size += int64(len(part))
		l.add(part, at, more)
	}
	if l.ended && l.zeros.begin < 0 {
		l.text = bytes.TrimSuffix(l.text, []byte("\r"))
	}
	return l.size > 0
}

// add appends a part of the line, which is at offset at in the file. more reports whether
// another part follows.
func (l *lines) add(part []byte, at int64, more bool) {
	if l.zeros.begin < 0 {
		text := bytes.TrimSuffix(part, []byte("\n"))
		if i := bytes.IndexByte(part, 0); i >= 0 {
			text, l.zeros = part[:i], newZeros(l.at, at+int64(i))
		}
		l.text = append(l.text, text...)
		part, at = part[len(text):], at+int64(len(text))
	}
	if l.zeros.begin >= 0 {
		l.zeros.add(part, at)
	}
	switch {
	case !more:
	case l.zeros.begin < 0:
		var h head
		if h, l.bad = cutHead(l.text); l.bad != nil {
			return
		}
		if most := int64(len(l.text) - len(h.rest) + h.length + len(afterEntry) + 1); l.size > most {
			l.bad = fmt.Errorf("it continues after the %d bytes that its length announces", most)
		}
	case l.size > maxTail:
		l.bad = fmt.Errorf("it is longer than %d bytes and contains zero bytes", int64(maxTail))
	}
}

// payload returns the JSON of the line.
func (l *lines) payload() ([]byte, error) {
	switch {
	case l.bad != nil:
		return nil, l.bad
	case l.zeros.begin >= 0:
		return nil, fmt.Errorf("its byte %d is zero", l.zeros.begin-l.at+1)
	}
	return unframe(l.text)
}

// last reports whether this is the last line.
func (l *lines) last() bool {
	if l.bad != nil {
		return false
	}
	if !l.ended {
		return true
	}
	_, err := l.r.Peek(1)
	return errors.Is(err, io.EOF)
}
