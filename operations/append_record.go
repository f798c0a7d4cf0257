package operations

import (
	"bytes"
	"strconv"

	"iosweep/internal/workload"
)

// A recordForm is the format of the records in a log. A log is a sequence of records in
// any order. A record is a header, the unchanged content of the item, and a newline. The
// header depends on the workload.
type recordForm struct {
	prefix string // start of every record; the item's number and a space follow
	sized  bool   // a header line with prefix, number and content length precedes the content
	// ownWaits reports whether the content may differ from the item in one place: the program
	// that wrote the log has chosen the waits of its tasks.
	ownWaits bool
}

const recordPrefix = "record "

var (
	// framed records may have any content. The header is a line with the item's number and
	// the length of its content in bytes, both decimal without leading zeros:
	//
	//	record 17 239034\n<239,034 bytes>\n
	//
	// In Python: f"record {item} {len(content)}\n".encode() + content + b"\n".
	framed = recordForm{prefix: recordPrefix, sized: true}

	// taskLines are records of the content "tasks". There is no header, because the
	// content is a line that contains the item's number:
	//
	//	Task 17 blocked for 0.506 of a second.\n
	//
	// In Python: content + b"\n".
	taskLines = recordForm{prefix: workload.TaskPrefix}

	// contenderLines are the taskLines of a contender, which may wait for random times. The
	// part of a second is any number from 0 to below 1, with as many digits as the program
	// prints:
	//
	//	Task 17 blocked for 0.5063218953106021 of a second.\n
	contenderLines = recordForm{prefix: workload.TaskPrefix, ownWaits: true}
)

// formOf returns the record format of a workload, as iosweep writes it. Content that is one
// line needs no header.
func formOf(w workload.Workload) recordForm {
	if w.From == "" && w.Content == workload.ContentTasks {
		return taskLines
	}
	return framed
}

// header appends the header of an item's record to dst.
func (f recordForm) header(dst []byte, item int, size int64) []byte {
	if !f.sized {
		return dst
	}
	dst = strconv.AppendInt(append(dst, f.prefix...), int64(item), 10)
	dst = strconv.AppendInt(append(dst, ' '), size, 10)
	return append(dst, '\n')
}

// A recordHeader is the parsed start of a record.
type recordHeader struct {
	item   int64
	size   int64 // length of the content in bytes; -1 if there is no header
	length int   // length of the header in bytes
}

// headerLimit is the number of bytes that are enough to find a record's item: a prefix,
// two numbers of up to 20 digits, and separators.
const headerLimit = len(recordPrefix) + 20 + 1 + 20 + 1

// parse parses the start of a record. text may be cut off after headerLimit bytes.
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

// expectedForm returns the record format of a log in a trial of this workload. contender reports
// whether a contender has written it.
func expectedForm(w workload.Workload, contender bool) recordForm {
	form := formOf(w)
	if form == taskLines && contender {
		return contenderLines
	}
	return form
}

// next returns the first position, after the given one, where a record may begin, or the end
// of the log. A framed record may begin inside the remains of another record. A task line must
// begin at the start of a line: inside another line it is lost, because a program that
// reads the log line by line cannot find it.
func (f recordForm) next(log *window, after int64) (int64, error) {
	if f.sized {
		return log.find(after+1, f.prefix)
	}
	end, err := log.find(after, "\n")
	return min(end+1, log.size), err
}

// parseDecimal parses a number without leading zeros.
func parseDecimal(digits []byte) (int64, bool) {
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 63)
	return int64(n), err == nil
}
