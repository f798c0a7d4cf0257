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

// entry is the length of the whole line, but for its line feed, that the last line of
// a journal begins with; the rest of it is zeros that came in the place of the line
// feed. 0: there is none.
func (l *lines) entry() int {
	if l.ended || l.zeros.begin < 0 || !l.zeros.only {
		return 0
	}
	if _, err := unframe(l.text); err != nil {
		return 0
	}
	return len(l.text)
}

// torn reports whether a crash explains the last line of a journal, which is not a
// whole one.
func (l *lines) torn() bool {
	if !beginsLine(l.text) {
		return false
	}
	if l.zeros.begin < 0 {
		return !l.ended
	}
	return !l.ended && l.zeros.only || l.zeros.sectors
}

// zeros are a line from its first zero byte on, of which nothing is kept.
type zeros struct {
	begin   int64 // in the file; -1: the line has none
	only    bool  // nothing but zeros
	sectors bool  // all are where sectors of the line are missing, see close
	run     int64 // where the zeros begin that are not over yet; -1: the last byte is none
	line    int64 // where the line begins
}

func newZeros(line, begin int64) zeros {
	return zeros{begin: begin, only: true, sectors: true, run: -1, line: line}
}

// add takes the bytes at an offset in the file.
func (z *zeros) add(part []byte, at int64) {
	for z.begin >= 0 && len(part) > 0 {
		n := 0
		if part[0] == 0 {
			for n < len(part) && part[n] == 0 {
				n++
			}
			if z.run < 0 {
				z.run = at
			}
		} else {
			if n = bytes.IndexByte(part, 0); n < 0 {
				n = len(part)
			}
			z.only = false
			z.close(at)
		}
		part, at = part[n:], at+int64(n)
	}
}

// close ends a run of zeros before an offset. Zeros are missing sectors if they reach
// from the beginning of the line or of a sector to the beginning of another.
func (z *zeros) close(at int64) {
	if z.run < 0 {
		return
	}
	z.sectors = z.sectors && (z.run == z.line || z.run%sectorSize == 0) && at%sectorSize == 0
	z.run = -1
}

// end ends the line at an offset behind it, in a line feed or at the end of the file:
// there, the last zeros are missing sectors wherever they end.
func (z *zeros) end(at int64, ended bool) {
	switch {
	case z.begin < 0 || z.run < 0:
	case ended:
		z.close(at - 1)
	default:
		z.sectors = z.sectors && (z.run == z.line || z.run%sectorSize == 0)
	}
}

// lineSize is how many bytes a line has that begins with this, its line feed
// included; 0 if none does.
func lineSize(text []byte) int64 {
	rest, ok := bytes.CutPrefix(text, []byte(beforeLength))
	digits, _, cut := bytes.Cut(rest[:min(len(rest), 32)], []byte(beforeSum))
	length, known := parseLength(digits)
	if !ok || !cut || !known {
		return 0
	}
	return int64(len(beforeLength) + len(digits) + len(beforeSum) + sumDigits + len(beforeEntry) + length + len(afterEntry) + 1)
}

// beginsLine reports whether some line begins with this and goes on.
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
