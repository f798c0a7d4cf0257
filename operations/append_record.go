package operations

import (
	"bytes"
	"strconv"

	"iosweep/internal/workload"
)

// A recordForm is how an item stands in the log that append writes. A log is a
// sequence of records, in any order. A record is a header, the item's content,
// byte for byte, and a newline; what the header is depends on the workload.
type recordForm interface {
	// header appends what precedes the content of an item to dst.
	header(dst []byte, item int, size int64) []byte
	// parse reads the beginning of a record at the start of text, which is cut
	// off after headerLimit bytes.
	parse(text []byte) (head recordHead, ok bool)
	// next is the first place after another one where a record may begin, or the
	// end of the log.
	next(log *window, after int64) (int64, error)
}

// A recordHead is what the beginning of a record says.
type recordHead struct {
	item   int64
	size   int64 // of the content; -1 where the record does not say
	length int   // of the header
}

// headerLimit is enough of a record to tell its item: a word, two numbers of up
// to 20 digits, and what separates them.
const headerLimit = len(recordWord) + 20 + 1 + 20 + 1

// formOf is the form of the records of a workload. Content that is one line by
// itself needs no header.
func formOf(w workload.Workload) recordForm {
	if w.From == "" && w.Content == workload.ContentTasks {
		return bareLines{}
	}
	return framed{}
}

// framed records may hold any content. The header is a line with the item's
// number and the length of its content in bytes, both decimal without leading
// zeros:
//
//	record 17 239034\n<239,034 bytes>\n
//
// In Python: f"record {item} {len(content)}\n".encode() + content + b"\n".
type framed struct{}

var _ recordForm = framed{}

const recordWord = "record "

func (framed) header(dst []byte, item int, size int64) []byte {
	dst = append(dst, recordWord...)
	dst = strconv.AppendInt(dst, int64(item), 10)
	dst = strconv.AppendInt(append(dst, ' '), size, 10)
	return append(dst, '\n')
}

func (framed) parse(text []byte) (recordHead, bool) {
	line, _, ended := bytes.Cut(text, []byte{'\n'})
	numbers, found := bytes.CutPrefix(line, []byte(recordWord))
	first, second, two := bytes.Cut(numbers, []byte{' '})
	item, ok1 := parseDecimal(first)
	size, ok2 := parseDecimal(second)
	head := recordHead{item: item, size: size, length: len(line) + 1}
	return head, ended && found && two && ok1 && ok2
}

// next looks for a header anywhere: a record may begin in the middle of another
// one's remains.
func (framed) next(log *window, after int64) (int64, error) {
	return log.find(after+1, recordWord)
}

// bareLines are records of content that is a line and names its item, as tasks
// do. There is no header:
//
//	Task 17 blocked for 0.506 of a second.\n
//
// In Python: content + b"\n".
type bareLines struct{}

var _ recordForm = bareLines{}

func (bareLines) header(dst []byte, _ int, _ int64) []byte { return dst }

func (bareLines) parse(text []byte) (recordHead, bool) {
	numbered, found := bytes.CutPrefix(text, []byte(workload.TaskWord))
	digits, _, ended := bytes.Cut(numbered, []byte{' '})
	item, ok := parseDecimal(digits)
	return recordHead{item: item, size: -1}, found && ended && ok
}

// next is where the next line begins. Here a record in the middle of another
// one's remains is lost: whoever reads the log line by line will not find it.
func (bareLines) next(log *window, after int64) (int64, error) {
	end, err := log.find(after, "\n")
	return min(end+1, log.size), err
}

// parseDecimal reads a number as a record has it: digits, without leading zeros.
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
