package operations

import (
	"bytes"
	"strconv"

	"iosweep/internal/workload"
)

// A recordForm is how an item stands in the log that append writes. A log is a
// sequence of records, in any order. A record is a header, the item's content,
// byte for byte, and a newline; what the header is depends on the workload.
type recordForm struct {
	prefix string // that every record begins with; the item's number and a space follow
	sized  bool   // word and number are a header, in which the content's length follows
}

const recordPrefix = "record "

var (
	// framed records may hold any content. The header is a line with the item's
	// number and the length of its content in bytes, both decimal without leading
	// zeros:
	//
	//	record 17 239034\n<239,034 bytes>\n
	//
	// In Python: f"record {item} {len(content)}\n".encode() + content + b"\n".
	framed = recordForm{prefix: recordPrefix, sized: true}

	// taskLines are records of content that is a line and names its item, as tasks
	// do. There is no header:
	//
	//	Task 17 blocked for 0.506 of a second.\n
	//
	// In Python: content + b"\n".
	taskLines = recordForm{prefix: workload.TaskPrefix}
)

// formOf is the form of the records of a workload. Content that is one line by
// itself needs no header.
func formOf(w workload.Workload) recordForm {
	if w.From == "" && w.Content == workload.ContentTasks {
		return taskLines
	}
	return framed
}

// header appends what precedes the content of an item to dst.
func (f recordForm) header(dst []byte, item int, size int64) []byte {
	if !f.sized {
		return dst
	}
	dst = strconv.AppendInt(append(dst, f.prefix...), int64(item), 10)
	dst = strconv.AppendInt(append(dst, ' '), size, 10)
	return append(dst, '\n')
}

// A recordHeader is what the beginning of a record says.
type recordHeader struct {
	item   int64
	size   int64 // of the content; -1 where the record does not say
	length int   // of the header
}

// headerLimit is enough of a record to tell its item: a word, two numbers of up
// to 20 digits, and what separates them.
const headerLimit = len(recordPrefix) + 20 + 1 + 20 + 1

// parse reads the beginning of a record at the start of text, which is cut off after
// headerLimit bytes.
func (f recordForm) parse(text []byte) (head recordHeader, ok bool) {
	rest, found := bytes.CutPrefix(text, []byte(f.prefix))
	digits, rest, ended := bytes.Cut(rest, []byte{' '})
	item, ok := parseDecimal(digits)
	if !found || !ended || !ok {
		return recordHeader{}, false
	}
	if !f.sized {
		return recordHeader{item: item, size: -1}, true
	}
	digits, rest, ended = bytes.Cut(rest, []byte{'\n'})
	size, ok := parseDecimal(digits)
	return recordHeader{item, size, len(text) - len(rest)}, ended && ok
}

// next is the first place after another one where a record may begin, or the end of
// the log. A framed one may begin in the middle of another one's remains, a line
// where one begins: what stands in the middle of another is lost, for whoever reads
// the log line by line will not find it.
func (f recordForm) next(log *window, after int64) (int64, error) {
	if f.sized {
		return log.find(after+1, f.prefix)
	}
	end, err := log.find(after, "\n")
	return min(end+1, log.size), err
}

// parseDecimal reads a number as a record has it: digits, without leading zeros.
func parseDecimal(digits []byte) (int64, bool) {
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 63)
	return int64(n), err == nil
}
