package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
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
	return fmt.Appendf(make([]byte, 0, len(payload)+aroundEntry), "%s%d%s%s%s%s%s\n",
		beforeLength, len(payload), beforeSum, checksum(payload), beforeEntry, payload, afterEntry)
}

// checksum returns that of an entry, in hexadecimal digits.
func checksum(payload []byte) []byte {
	sum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(payload, castagnoli))
	return hex.AppendEncode(nil, sum)
}

// unframe is the JSON of a line, which has no line feed. The form is matched byte
// by byte rather than parsed as JSON first: a flipped bit anywhere, in the frame
// too, must be found.
func unframe(line []byte) ([]byte, error) {
	h, err := cutHead(line)
	if err != nil {
		return nil, err
	}
	payload, ok := bytes.CutSuffix(h.rest, []byte(afterEntry))
	if !ok || len(payload) != h.length {
		return nil, fmt.Errorf("it holds %d bytes where its length says %d", len(payload), h.length)
	}
	if found := checksum(payload); !bytes.Equal(found, h.sum) {
		return nil, fmt.Errorf("its checksum is %s where the line says %s", found, h.sum)
	}
	return payload, nil
}

// A head is a line up to its entry.
type head struct {
	length int
	sum    []byte
	rest   []byte // the entry, and what stands behind it
	// begins: this is the beginning of some head, or all of one.
	begins bool
}

// cutHead takes the head off a line. An error says what keeps it from having one.
func cutHead(line []byte) (h head, err error) {
	rest, whole, begins := match(line, beforeLength)
	if !whole {
		return head{begins: begins}, fmt.Errorf("it does not begin with %s", beforeLength)
	}
	digits := rest[:len(rest)-len(bytes.TrimLeft(rest, "0123456789"))]
	length, known := parseLength(digits)
	none := len(rest) == 0
	rest, whole, begins = match(rest[len(digits):], beforeSum)
	if !known || !whole {
		return head{begins: begins && known || none}, fmt.Errorf("its length is no number from 1 to %d", mostLine)
	}
	sum := rest[:min(sumDigits, len(rest))]
	isHex := len(bytes.Trim(sum, "0123456789abcdef")) == 0
	rest, whole, begins = match(rest[len(sum):], beforeEntry)
	if !whole {
		return head{begins: begins && isHex}, errors.New("its checksum is not of eight digits")
	}
	return head{length, sum, rest, isHex}, nil
}

// match takes a fixed part off the beginning of a text. If it is not whole, begins
// reports whether the text agrees with it as far as the text goes.
func match(text []byte, fixed string) (rest []byte, whole, begins bool) {
	if rest, whole = bytes.CutPrefix(text, []byte(fixed)); whole {
		return rest, true, true
	}
	return nil, false, bytes.HasPrefix([]byte(fixed), text)
}

// parseLength reads a length that is written in the one way in which encodeLine
// writes it.
func parseLength(digits []byte) (int, bool) {
	n, err := strconv.Atoi(string(digits[:min(len(digits), 10)]))
	return n, err == nil && digits[0] != '0' && n <= mostLine
}
