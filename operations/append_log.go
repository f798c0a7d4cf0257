package operations

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/workload"
)

// A logReader splits a log into records. Where writers have overwritten each other, it
// continues at the next position where a record may begin.
//
// It works from front to back on one processor, because the position of the next record is
// known only after the current record was checked. A checksum is faster than the disk anyway.
type logReader struct {
	log   window
	form  recordForm
	items *workload.Manifest
	found []int          // number of complete records of each item
	waits workload.Waits // of the complete records, if their form has ownWaits

	damagedParts int    // number of parts of the log that are not records
	firstDamage  string // position and description of the first of them
}

// readLog reads a log of the given size. The error is a read error. The returned
// logReader describes the damage in the log.
func readLog(log io.ReaderAt, size int64, form recordForm, items *workload.Manifest) (*logReader, error) {
	l := &logReader{
		log:   window{from: log, size: size, buf: make([]byte, min(1<<20, size))},
		form:  form,
		items: items,
		found: make([]int, items.Len()),
	}
	for at := int64(0); at < size; {
		r, flaw, err := l.record(at)
		if err != nil {
			return nil, err
		}
		if flaw == "" {
			l.found[r.item]++
			if form.ownWaits {
				l.waits.Add(r.wait)
			}
			at = r.next
			continue
		}
		if l.damagedParts++; l.damagedParts == 1 {
			l.firstDamage = fmt.Sprintf("at byte %d: %s", at, flaw)
		}
		if at, err = l.resync(at); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// resync returns the position of the next complete record after at, or the end of the
// log.
func (l *logReader) resync(at int64) (int64, error) {
	for {
		var err error
		if at, err = l.form.next(&l.log, at); err != nil || at >= l.log.size {
			return l.log.size, err
		}
		if _, flaw, err := l.record(at); flaw == "" || err != nil {
			return at, err
		}
	}
}

// A logRecord is a complete record in a log.
type logRecord struct {
	item int
	wait time.Duration // of the task, if the form of the record has ownWaits
	next int64         // position after the record
}

// record reads the record at a position. flaw describes why there is no valid record; it is empty
// if there is one. A record is read twice if it follows damage, so record changes nothing but the
// window.
func (l *logReader) record(at int64) (r logRecord, flaw string, err error) {
	text, err := l.log.bytes(at, headerLimit)
	if err != nil {
		return r, "", err
	}
	head, ok := l.form.parse(text)
	if !ok {
		return r, fmt.Sprintf("expected the start of a record, got %.24q", text), nil
	}
	if head.item >= int64(l.items.Len()) {
		return r, fmt.Sprintf("a record of item %d, but there are only %d items", head.item, l.items.Len()), nil
	}
	r.item = int(head.item)
	file := new(l.items.File(r.item))
	if head.size >= 0 && head.size != file.Size {
		return r, fmt.Sprintf("item %d %s: the record has %d bytes, expected %d", r.item, oneline.Quoted(file.Name), head.size, file.Size), nil
	}
	if l.form.ownWaits {
		r.next, r.wait, flaw, err = l.line(r.item, at)
	} else {
		r.next, flaw, err = l.body(file, at+int64(head.length))
	}
	if flaw != "" {
		flaw = fmt.Sprintf("item %d %s: %s", r.item, oneline.Quoted(file.Name), flaw)
	}
	return r, flaw, err
}

// body checks the content of a record and the newline after it.
func (l *logReader) body(file *workload.File, at int64) (next int64, flaw string, err error) {
	end := at + file.Size
	if end+1 > l.log.size {
		return 0, "the log ends within the record", nil
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

// longestLine is more than the length of a task's line with the longest numbers.
const longestLine = 128

// line checks the line of a task that has chosen its wait.
func (l *logReader) line(item int, at int64) (next int64, wait time.Duration, flaw string, err error) {
	text, err := l.log.bytes(at, longestLine)
	if err != nil {
		return 0, 0, "", err
	}
	end := bytes.IndexByte(text, '\n')
	if end < 0 {
		return 0, 0, "the line does not end", nil
	}
	wait, ok := workload.ParseTask(text[:end], item)
	if !ok {
		return 0, 0, "the line differs from a task's line", nil
	}
	return at + int64(end) + 1, wait, "", nil
}

// corrupt returns the number of items without exactly one complete record, and an error for
// the first of these items.
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
			err = fmt.Errorf("found %d times", n)
		}
		first = itemError(l.items, item, err)
	}
	return count, first
}

// A window keeps a part of a file in memory. It moves as its reader moves.
type window struct {
	from   io.ReaderAt
	size   int64
	buf    []byte
	at     int64 // offset of buf in the file
	filled int   // number of valid bytes in buf
}

// bytes returns the n bytes at a position, or fewer at the end of the file. They are
// valid until the next call. n is at most the size of the window.
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

// move fills the window from a position.
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

// crc returns the checksum of n bytes at a position.
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

// find returns the position of the first occurrence of word at or after at, or the end
// of the file.
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
			at -= int64(len(word) - 1) // the word may cross the edge of the piece
		}
	}
	return w.size, nil
}
