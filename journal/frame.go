package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The fixed parts of a line, around its length, its checksum and its entry.
const (
	beforeLength = `{"length":`
	beforeSum    = `,"crc32c":"`
	sumDigits    = 8
	beforeEntry  = `","entry":`
	afterEntry   = "}"
	aroundEntry  = 64 // more bytes than all of them have
)

// encodeLine is an entry as its line, the line feed included. One that would be too
// long to be read again is an error.
func encodeLine(e Entry) ([]byte, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	if err := fits(len(payload)); err != nil {
		return nil, err
	}
	return frame(payload), nil
}

// fits returns an error if an entry of so many bytes makes too long a line.
func fits(entry int) error {
	if entry > mostLine-aroundEntry {
		return fmt.Errorf("an entry of the journal has %d bytes, and a line has room for %d", entry, mostLine-aroundEntry)
	}
	return nil
}

// frame is the line of an entry that is JSON already.
func frame(payload []byte) []byte {
	line := make([]byte, 0, len(payload)+aroundEntry)
	line = append(line, beforeLength...)
	line = strconv.AppendInt(line, int64(len(payload)), 10)
	line = append(line, beforeSum...)
	line = appendSum(line, payload)
	line = append(line, beforeEntry...)
	line = append(line, payload...)
	line = append(line, afterEntry...)
	return append(line, '\n')
}

// unframe is the JSON of a line, which has no line feed. The form is matched byte
// by byte rather than parsed as JSON first: a flipped bit anywhere, in the frame
// too, must be found.
func unframe(line []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(line, []byte(beforeLength))
	if !ok {
		return nil, fmt.Errorf("it does not begin with %s", beforeLength)
	}
	digits, rest, ok := bytes.Cut(rest, []byte(beforeSum))
	length, known := parseLength(digits)
	if !ok || !known {
		return nil, fmt.Errorf("its length is no number from 1 to %d", mostLine)
	}
	if len(rest) < sumDigits+len(beforeEntry) || string(rest[sumDigits:sumDigits+len(beforeEntry)]) != beforeEntry {
		return nil, errors.New("its checksum is not of eight digits")
	}
	sum, payload := rest[:sumDigits], rest[sumDigits+len(beforeEntry):]
	payload, ok = bytes.CutSuffix(payload, []byte(afterEntry))
	if !ok || len(payload) != length {
		return nil, fmt.Errorf("it holds %d bytes where its length says %d", len(payload), length)
	}
	if found := appendSum(nil, payload); !bytes.Equal(found, sum) {
		return nil, fmt.Errorf("its checksum is %s where the line says %s", found, sum)
	}
	return payload, nil
}

// parseLength reads a length that is written in the one way in which encodeLine
// writes it.
func parseLength(digits []byte) (int, bool) {
	if len(digits) == 0 || len(digits) > 9 || digits[0] == '0' {
		return 0, false
	}
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int(d-'0')
	}
	return n, n <= mostLine
}

// appendSum appends the checksum of an entry, in hexadecimal digits.
func appendSum(b, payload []byte) []byte {
	const hex = "0123456789abcdef"
	sum := crc32.Checksum(payload, castagnoli)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, hex[sum>>shift&0xf])
	}
	return b
}
