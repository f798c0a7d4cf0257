package operations

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"

	"iosweep/internal/workload"
)

// A logReader takes a log apart, whatever state it is in. Where writers have
// overwritten each other it goes on at the next place where the form lets a
// record begin.
//
// It works from front to back on one processor. What follows a record is known
// only once the record is known to be whole, so there is nothing to hand to a
// second one, and a checksum is faster than the disk anyway.
type logReader struct {
	log   window
	form  recordForm
	items *workload.Manifest
	found []int // how often each item was found whole

	damaged int    // stretches of the log that are no record
	first   string // what the first of them is
}

// readLog takes apart a log of the given size. The error is of reading it; what
// is wrong with the log is in what it returns.
func readLog(log io.ReaderAt, size int64, form recordForm, items *workload.Manifest) (*logReader, error) {
	l := &logReader{
		log:   window{from: log, size: size, buf: make([]byte, min(1<<20, size))},
		form:  form,
		items: items,
		found: make([]int, items.Len()),
	}
	for at := int64(0); at < size; {
		item, next, flaw, err := l.record(at)
		if err != nil {
			return nil, err
		}
		if flaw == "" {
			l.found[item]++
			at = next
			continue
		}
		if l.damaged++; l.damaged == 1 {
			l.first = fmt.Sprintf("at byte %d: %s", at, flaw)
		}
		if at, err = l.resync(at); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// resync is the first place after at where a whole record stands, or the end of
// the log.
func (l *logReader) resync(at int64) (int64, error) {
	for {
		var err error
		if at, err = l.form.next(&l.log, at); err != nil || at >= l.log.size {
			return l.log.size, err
		}
		if _, _, flaw, err := l.record(at); flaw == "" || err != nil {
			return at, err
		}
	}
}

// record reads the record at a place in the log. flaw says why there is none;
// next is where the following one begins.
func (l *logReader) record(at int64) (item int, next int64, flaw string, err error) {
	text, err := l.log.bytes(at, headerLimit)
	if err != nil {
		return 0, 0, "", err
	}
	head, ok := l.form.parse(text)
	if !ok {
		return 0, 0, fmt.Sprintf("no beginning of a record but %.24q", text), nil
	}
	if head.item >= int64(l.items.Len()) {
		return 0, 0, fmt.Sprintf("a record of item %d, but there are %d items", head.item, l.items.Len()), nil
	}
	item = int(head.item)
	file := new(l.items.File(item))
	if head.size >= 0 && head.size != file.Size {
		return 0, 0, fmt.Sprintf("item %d %q: the record is of %d bytes, expected %d", item, file.Name, head.size, file.Size), nil
	}
	next, flaw, err = l.body(file, at+int64(head.length))
	if flaw != "" {
		flaw = fmt.Sprintf("item %d %q: %s", item, file.Name, flaw)
	}
	return item, next, flaw, err
}

// body checks the content of a record and the newline behind it.
func (l *logReader) body(file *workload.File, at int64) (next int64, flaw string, err error) {
	end := at + file.Size
	if end+1 > l.log.size {
		return 0, "the record is cut short by the end of the log", nil
	}
	crc, err := l.log.crc(at, file.Size)
	if err != nil {
		return 0, "", err
	}
	last, err := l.log.bytes(end, 1)
	if err != nil {
		return 0, "", err
	}
	if crc != file.CRC || last[0] != '\n' {
		return 0, "the record's content differs", nil
	}
	return end + 1, "", nil
}

// corrupt counts the items that were not found whole exactly once, and says
// what is wrong with the first of them.
func (l *logReader) corrupt() (count int, first error) {
	for item, n := range l.found {
		if n == 1 {
			continue
		}
		if count++; count > 1 {
			continue
		}
		err := errMissing
		if n > 1 {
			err = fmt.Errorf("there %d times", n)
		}
		first = itemError(l.items, item, err)
	}
	return count, first
}

// A window is a piece of a file in memory that moves along with its reader.
type window struct {
	from   io.ReaderAt
	size   int64
	buf    []byte
	at     int64 // where in the file buf begins
	filled int   // how much of buf is filled
}

// bytes is the n bytes at a place, or those up to the end of the file. They are
// good until the next call. n is at most the window's size.
func (w *window) bytes(at int64, n int) ([]byte, error) {
	n = int(min(int64(n), w.size-at))
	if at < w.at || at+int64(n) > w.at+int64(w.filled) {
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
		w.filled = 0
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	w.at, w.filled = at, n
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
