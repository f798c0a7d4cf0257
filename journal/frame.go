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
	aroundEntry  = 64 // an upper bound for the total length of these parts
)

// encodeLine returns the line of an entry, including the line feed. An entry that would
// make a line too long to read is an error.
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

// fits returns an error if an entry of this many bytes makes the line too long.
func fits(entry int) error {
	if entry > maxLine-aroundEntry {
		return fmt.Errorf("an entry of the journal has %d bytes: a line has room for %d", entry, maxLine-aroundEntry)
	}
	return nil
}

// frame returns the line of an entry that is already JSON.
func frame(payload []byte) []byte {
	return fmt.Appendf(make([]byte, 0, len(payload)+aroundEntry), "%s%d%s%s%s%s%s\n",
		beforeLength, len(payload), beforeSum, checksum(payload), beforeEntry, payload, afterEntry)
}

// checksum returns the checksum of an entry, in hexadecimal digits.
func checksum(payload []byte) []byte {
	sum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(payload, castagnoli))
	return hex.AppendEncode(nil, sum)
}

// unframe returns the JSON of a line, which has no line feed. It matches the form byte by
// byte and does not parse the line as JSON first: it must find a flipped bit anywhere,
// including in the frame.
func unframe(line []byte) ([]byte, error) {
	h, err := cutHead(line)
	if err != nil {
		return nil, err
	}
	payload, ok := bytes.CutSuffix(h.rest, []byte(afterEntry))
	if !ok || len(payload) != h.length {
		return nil, fmt.Errorf("its entry has %d bytes, but its length field says %d", len(payload), h.length)
	}
	if found := checksum(payload); !bytes.Equal(found, h.sum) {
		return nil, fmt.Errorf("its checksum is %s, but the line says %s", found, h.sum)
	}
	return payload, nil
}

// A head is the part of a line before its entry.
type head struct {
	length int
	sum    []byte
	rest   []byte // the entry and everything after it
	// begins is set if the text is a complete head or the beginning of one.
	begins bool
}

// cutHead removes the head from a line. The error describes why the line has no complete
// head.
func cutHead(line []byte) (h head, err error) {
	rest, whole, begins := match(line, beforeLength)
	if !whole {
		return head{begins: begins}, fmt.Errorf("it does not begin with %s", beforeLength)
	}
	digits := rest[:len(rest)-len(bytes.TrimLeft(rest, "0123456789"))]
	length, known := parseLength(digits)
	atEnd := len(rest) == 0
	rest, whole, begins = match(rest[len(digits):], beforeSum)
	if !known || !whole {
		return head{begins: begins && known || atEnd}, fmt.Errorf("its length is not a number from 1 to %d", maxLine)
	}
	sum := rest[:min(sumDigits, len(rest))]
	isHex := len(bytes.Trim(sum, "0123456789abcdef")) == 0
	rest, whole, begins = match(rest[len(sum):], beforeEntry)
	if !whole {
		return head{begins: begins && isHex}, errors.New("its checksum does not have eight digits")
	}
	return head{length, sum, rest, isHex}, nil
}

// match removes a fixed part from the beginning of a text. If the text does not contain
// the whole part, begins reports whether the text is a beginning of it.
func match(text []byte, fixed string) (rest []byte, whole, begins bool) {
	if rest, whole = bytes.CutPrefix(text, []byte(fixed)); whole {
		return rest, true, true
	}
	return nil, false, bytes.HasPrefix([]byte(fixed), text)
}

// parseLength reads a length. It accepts only the form that encodeLine writes.
func parseLength(digits []byte) (int, bool) {
	n, err := strconv.Atoi(string(digits[:min(len(digits), 10)]))
	return n, err == nil && digits[0] != '0' && n <= maxLine
}

// Rewrite returns a journal with changed entries, each framed anew. change returns the JSON of an entry for
// the JSON that it had. All lines of the journal must be whole.
func Rewrite(journal []byte, change func(entry []byte) []byte) ([]byte, error) {
	var out []byte
	lines := newLines(bytes.NewReader(journal))
	for lines.next() {
		payload, err := lines.payload()
		if err == nil {
			payload = change(payload)
			err = fits(len(payload))
		}
		if err != nil {
			return nil, &DamageError{Line: lines.number, Offset: lines.at, Reason: err.Error()}
		}
		out = append(out, frame(payload)...)
	}
	return out, lines.err
}
