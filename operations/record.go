package operations

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// The log that append writes is a sequence of records. A record is a header
// line with the item's number and the length of its content in bytes, both
// decimal without leading zeros; the content, byte for byte; and a newline:
//
//	record 17 239034\n<239,034 bytes>\n
//
// In Python: f"record {item} {len(content)}\n".encode() + content + b"\n".
// Records may stand in any order.
const recordWord = "record "

// recordHeader is the longest header: the word, two numbers of up to 20 digits.
const recordHeader = len(recordWord) + 20 + 1 + 20 + 1

// appendHeader appends the header of an item's record to dst.
func appendHeader(dst []byte, item int, size int64) []byte {
	dst = append(dst, recordWord...)
	dst = strconv.AppendInt(dst, int64(item), 10)
	dst = strconv.AppendInt(append(dst, ' '), size, 10)
	return append(dst, '\n')
}

// A logReader takes a log apart, whatever state it is in. Where writers have
// overwritten each other it goes on at the next place that could be a header:
// anywhere, because a record may begin in the middle of another one's remains.
//
// It works from front to back on one processor. What follows a record is known
// only once the record is known to be whole, so there is nothing to hand to a
// second one, and a checksum is faster than the disk anyway.
type logReader struct {
	log   window
	files []File
	found []int // how often each item was found whole

	damaged int    // stretches of the log that are no record
	first   string // what the first of them is
}

// readLog takes apart a log of the given size.
func readLog(log io.ReaderAt, size int64, files []File) (*logReader, error) {
	l := &logReader{
		log:   window{from: log, size: size, buf: make([]byte, min(1<<20, size))},
		files: files,
		found: make([]int, len(files)),
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
		if at, err = l.resync(at + 1); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// resync is the first place from at on where a whole record stands, or the end
// of the log.
func (l *logReader) resync(at int64) (int64, error) {
	for ; ; at++ {
		var err error
		if at, err = l.log.find(at, recordWord); err != nil || at >= l.log.size {
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
	line, err := l.log.bytes(at, recordHeader)
	if err != nil {
		return 0, 0, "", err
	}
	item, size, length, ok := parseHeader(line)
	if !ok {
		return 0, 0, fmt.Sprintf("no header of a record but %.24q", line), nil
	}
	if item >= len(l.files) {
		return 0, 0, fmt.Sprintf("a record of item %d, but there are %d items", item, len(l.files)), nil
	}
	file := &l.files[item]
	if size != file.Size {
		return 0, 0, fmt.Sprintf("item %d %q: the record is of %d bytes, expected %d", item, file.Name, size, file.Size), nil
	}
	body := at + int64(length)
	if body+size+1 > l.log.size {
		return 0, 0, fmt.Sprintf("item %d %q: the record is cut short by the end of the log", item, file.Name), nil
	}
	crc, err := l.log.crc(body, size)
	if err != nil {
		return 0, 0, "", err
	}
	end, err := l.log.bytes(body+size, 1)
	if err != nil {
		return 0, 0, "", err
	}
	if crc != file.CRC || end[0] != '\n' {
		return 0, 0, fmt.Sprintf("item %d %q: the record's content differs", item, file.Name), nil
	}
	return item, body + size + 1, "", nil
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
		first = itemError(item, &l.files[item], err)
	}
	return count, first
}

// parseHeader reads a header at the start of text. length is that of the header
// with its newline.
func parseHeader(text []byte) (item int, size int64, length int, ok bool) {
	line, _, ended := bytes.Cut(text, []byte{'\n'})
	numbers, found := bytes.CutPrefix(line, []byte(recordWord))
	first, second, two := bytes.Cut(numbers, []byte{' '})
	if !ended || !found || !two {
		return 0, 0, 0, false
	}
	number, ok1 := parseDecimal(first)
	size, ok2 := parseDecimal(second)
	return int(number), size, len(line) + 1, ok1 && ok2
}

// parseDecimal reads a number as a header has it: digits, without leading zeros.
func parseDecimal(digits []byte) (int64, bool) {
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	var n int64
	for _, digit := range digits {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = n*10 + int64(digit-'0')
	}
	return n, true
}

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
