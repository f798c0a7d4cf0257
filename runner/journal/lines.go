package journal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines reads a journal line by line. It keeps one line at a time and makes no
// garbage, since a journal may be of a million of them.
type lines struct {
	text   []byte // without the line feed; valid until the next line
	ended  bool   // by a line feed
	number int    // from 1
	at     int64  // of its first byte
	err    error

	r    *bufio.Reader
	long []byte // holds text that the reader's buffer cannot hold
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<18)} }

// next goes to the next line. There is none at the end, and after an error.
func (l *lines) next() bool {
	l.at += int64(l.length())
	l.number++
	text, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], text...)
		for errors.Is(err, bufio.ErrBufferFull) {
			text, err = l.r.ReadSlice('\n')
			l.long = append(l.long, text...)
		}
		text = l.long
	}
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
		return false
	}
	l.text, l.ended = text, err == nil
	if l.ended {
		l.text = text[:len(text)-1]
	}
	return len(text) > 0
}

// length is how many bytes the line has, its line feed included.
func (l *lines) length() int {
	if l.ended {
		return len(l.text) + 1
	}
	return len(l.text)
}

// last says whether nothing follows the line.
func (l *lines) last() bool {
	if !l.ended {
		return true
	}
	l.text = bytes.Clone(l.text) // looking ahead moves what the reader has
	_, err := l.r.Peek(1)
	return errors.Is(err, io.EOF)
}
