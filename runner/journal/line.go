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
	beforeEntry  = `","entry":`
	afterEntry   = "}"
)

// encodeLine is an entry as its line, the line feed included.
func encodeLine(e Entry) ([]byte, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	line := make([]byte, 0, len(payload)+64)
	line = append(line, beforeLength...)
	line = strconv.AppendInt(line, int64(len(payload)), 10)
	line = append(line, beforeSum...)
	line = fmt.Appendf(line, "%08x", crc32.Checksum(payload, castagnoli))
	line = append(line, beforeEntry...)
	line = append(line, payload...)
	line = append(line, afterEntry...)
	return append(line, '\n'), nil
}

// decodeLine is the reverse; line has no line feed. The form is matched byte by
// byte rather than parsed as JSON first: a flipped bit anywhere, in the frame
// too, must be found.
func decodeLine(line []byte) (Entry, error) {
	rest, ok := bytes.CutPrefix(line, []byte(beforeLength))
	if !ok {
		return Entry{}, fmt.Errorf("it does not begin with %s", beforeLength)
	}
	digits, rest, ok := bytes.Cut(rest, []byte(beforeSum))
	length, err := strconv.Atoi(string(digits))
	if !ok || err != nil || strconv.Itoa(length) != string(digits) {
		return Entry{}, errors.New("its length is not a number")
	}
	if len(rest) < 8+len(beforeEntry) || string(rest[8:8+len(beforeEntry)]) != beforeEntry {
		return Entry{}, errors.New("its checksum is not of eight digits")
	}
	sum, payload := string(rest[:8]), rest[8+len(beforeEntry):]
	payload, ok = bytes.CutSuffix(payload, []byte(afterEntry))
	if !ok || len(payload) != length {
		return Entry{}, fmt.Errorf("it holds %d bytes where its length says %d", len(payload), length)
	}
	if found := fmt.Sprintf("%08x", crc32.Checksum(payload, castagnoli)); found != sum {
		return Entry{}, fmt.Errorf("its checksum is %s where the line says %s", found, sum)
	}
	var e Entry
	if err := json.Unmarshal(payload, &e); err != nil {
		return Entry{}, err
	}
	return e, nil
}
