package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// mostLine is how many bytes a line may have, its line feed included. A header of as
// many cells as a grid may have takes a sixth of that.
const mostLine = 256 << 20

// mostTail is how many bytes a crash leaves at most behind the last whole line: of
// another one, and of the space that is reserved for more, should a file system make
// that a part of the file. What is longer was put there by somebody, so it is damage:
// ten gigabytes of zeros are not read to their end to learn what they are.
const mostTail = mostLine + reserveMost

// lines reads a journal line by line. It keeps one line at a time and makes no
// garbage, since a journal may be of a million of them. Of a line it keeps no more
// than the length in front of it announces, and nothing from the first zero byte on,
// which no line has: a journal may as well be followed by zeros without an end.
type lines struct {
	text   []byte // without the line feed, up to the first zero; valid until the next line
	zeros  zeros  // from there on
	ended  bool   // by a line feed
	number int    // from 1
	at     int64  // of its first byte
	size   int64  // in bytes, its line feed included
	bad    error  // why it was not read to its end
	err    error

	r *bufio.Reader
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<18)} }

// next goes to the next line. There is none at the end, and after an error.
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
	return l.size > 0
}

// add takes a part of the line, which stands at an offset in the file; more says that
// it is not the last one.
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
			l.bad = fmt.Errorf("it goes on behind the %d bytes that its beginning announces", most)
		}
	case l.size > mostTail:
		l.bad = fmt.Errorf("it goes on for more than %d bytes, with zeros among them", int64(mostTail))
	}
}

// payload is the JSON of the line.
func (l *lines) payload() ([]byte, error) {
	switch {
	case l.bad != nil:
		return nil, l.bad
	case l.zeros.begin >= 0:
		return nil, fmt.Errorf("byte %d of it is zero", l.zeros.begin-l.at+1)
	}
	return unframe(l.text)
}

// last reports whether nothing follows the line.
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
