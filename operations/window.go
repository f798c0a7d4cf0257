package operations

import (
	"bytes"
	"hash/crc32"
	"io"
)

// A window is a piece of a file in memory that moves along with its reader.
type window struct {
	from io.ReaderAt
	size int64
	buf  []byte
	at   int64 // where in the file buf begins
	held int   // how much of buf is filled
}

// bytes is the n bytes at a place, or those up to the end of the file. They are
// good until the next call. n is at most the window's size.
func (w *window) bytes(at int64, n int) ([]byte, error) {
	n = int(min(int64(n), w.size-at))
	if at < w.at || at+int64(n) > w.at+int64(w.held) {
		if err := w.move(at); err != nil {
			return nil, err
		}
	}
	start := int(at - w.at)
	return w.buf[start : start+n], nil
}

// move fills the window from a place on.
func (w *window) move(at int64) error {
	want := int(min(int64(len(w.buf)), w.size-at))
	n, err := w.from.ReadAt(w.buf[:want], at)
	if n < want {
		w.held = 0
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	w.at, w.held = at, n
	return nil
}

// crc is the checksum of n bytes at a place.
func (w *window) crc(at, n int64) (uint32, error) {
	var sum uint32
	for n > 0 {
		piece, err := w.bytes(at, int(min(n, int64(len(w.buf)))))
		if err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, piece)
		at += int64(len(piece))
		n -= int64(len(piece))
	}
	return sum, nil
}

// find is the first place from at on where the word stands, or the end of the
// file.
func (w *window) find(at int64, word string) (int64, error) {
	for at < w.size {
		piece, err := w.bytes(at, min(64<<10, len(w.buf)))
		if err != nil {
			return 0, err
		}
		if i := bytes.Index(piece, []byte(word)); i >= 0 {
			return at + int64(i), nil
		}
		if at += int64(len(piece)); at < w.size {
			at -= int64(len(word) - 1) // the word may lie across the edge
		}
	}
	return w.size, nil
}
