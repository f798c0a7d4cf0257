package journal

import (
	"bytes"
	"strings"
)

// What a crash leaves of a line that was being written is of two kinds. One is a
// beginning of the line. The other has the size of more than the data that
// reached the disk: the rest of it is zeros, to the end of the file or, since a
// disk writes its sectors in an order of its own, in whole sectors before
// something that is the end of the line. Whatever else stands at the end of a
// journal was not left by a crash. It may be an entry that was acknowledged, so
// it is damage, and nobody writes over it.

// sectorSize is what disks write at once, or a part of it.
const sectorSize = 512

// A tail is the last line of a journal, where that is not a whole one.
type tail struct {
	text  []byte // without the line feed
	ended bool   // it has one
	at    int64  // of its first byte in the file
}

// entry is the length of the whole line, but for its line feed, that the tail
// begins with; the rest of the tail is zeros that came in the place of the line
// feed. 0: there is none.
func (t tail) entry() int {
	line := bytes.TrimRight(t.text, "\x00")
	if t.ended || len(line) == 0 {
		return 0
	}
	if _, err := unframe(line); err != nil {
		return 0
	}
	return len(line)
}

// torn says whether a crash explains the tail.
func (t tail) torn() bool {
	begin := bytes.IndexByte(t.text, 0)
	if begin < 0 {
		return !t.ended && beginsLine(t.text)
	}
	if !beginsLine(t.text[:begin]) {
		return false
	}
	if !t.ended && len(bytes.Trim(t.text[begin:], "\x00")) == 0 {
		return true // zeros up to the end of the file
	}
	return t.wholeSectors()
}

// wholeSectors says whether all zeros are where sectors of the line are missing:
// from its beginning or that of a sector, to the beginning of another or to the
// end of the file.
func (t tail) wholeSectors() bool {
	for i := 0; i < len(t.text); {
		if t.text[i] != 0 {
			i++
			continue
		}
		begin := i
		for i < len(t.text) && t.text[i] == 0 {
			i++
		}
		atBegin := begin == 0 || (t.at+int64(begin))%sectorSize == 0
		atEnd := (t.at+int64(i))%sectorSize == 0 || i == len(t.text) && !t.ended
		if !atBegin || !atEnd {
			return false
		}
	}
	return true
}

// beginsLine says whether some line begins with this and goes on.
func beginsLine(text []byte) bool {
	rest, more, ok := match(text, beforeLength)
	if !more {
		return ok
	}
	digits := rest[:len(rest)-len(bytes.TrimLeft(rest, "0123456789"))]
	length, ok := parseLength(digits)
	if rest = rest[len(digits):]; !ok || len(rest) == 0 {
		return len(rest) == 0 && (ok || len(digits) == 0)
	}
	if rest, more, ok = match(rest, beforeSum); !more {
		return ok
	}
	sum := rest[:min(sumDigits, len(rest))]
	if strings.Trim(string(sum), "0123456789abcdef") != "" {
		return false
	}
	if rest, more, ok = match(rest[len(sum):], beforeEntry); !more {
		return ok
	}
	// The JSON of an entry has no control characters, and of one that is all
	// there the checksum is right.
	if len(rest) > length || bytes.ContainsFunc(rest, func(r rune) bool { return r < ' ' }) {
		return false
	}
	return len(rest) < length || bytes.Equal(appendSum(nil, rest), sum)
}

// match takes a fixed part off the beginning of a text. If the text ends before
// the part does there is no more, and ok says whether it agrees as far as it goes.
func match(text []byte, fixed string) (rest []byte, more, ok bool) {
	if rest, more = bytes.CutPrefix(text, []byte(fixed)); more {
		return rest, true, true
	}
	return nil, false, strings.HasPrefix(fixed, string(text))
}
