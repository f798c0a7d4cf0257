package journal

import "bytes"

// A crash during the write of a line leaves one of two things. The first is a beginning
// of the line. The second is a line of the final size in which some data did not reach
// the disk and reads as zeros. The zeros extend to the end of the file or, because a disk
// may write its sectors in any order, they fill whole sectors before the end of the line.
// A crash leaves nothing else at the end of a journal. Anything else may be an
// acknowledged entry, so it is damage and is not overwritten.

// sectorSize is the number of bytes that a disk writes at once, or a divisor of it.
const sectorSize = 512

// wholeEntry checks whether the last line of a journal is whole, except that zeros replace
// its line feed, or that the line feed after a carriage return is missing. It returns the
// length of the line without its end, or 0 if the line is not whole.
func (l *lines) wholeEntry() int {
	text := l.text
	if l.zeros.begin < 0 {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	if l.ended || l.zeros.begin >= 0 && !l.zeros.only {
		return 0
	}
	if _, err := unframe(text); err != nil {
		return 0
	}
	return len(text)
}

// torn reports whether the last line of a journal is torn: it is incomplete, and a crash
// explains the missing part or the zeros.
func (l *lines) torn() bool {
	if !beginsLine(l.text) {
		return false
	}
	if l.zeros.begin < 0 {
		return !l.ended
	}
	return !l.ended && l.zeros.only || l.zeros.sectors
}

// zeros describes a line from its first zero byte on. The bytes themselves are not kept.
type zeros struct {
	begin   int64 // offset in the file; -1: the line has no zero byte
	only    bool  // all bytes are zeros
	sectors bool  // each sector of the line is all zeros or has no zero
	// zero and other report whether the current sector has a zero, and another byte.
	zero, other bool
}

// newZeros returns the zeros that begin at offset begin, in a line that begins at offset
// line.
func newZeros(line, begin int64) zeros {
	return zeros{begin: begin, only: true, sectors: true, other: begin > line && begin%sectorSize != 0}
}

// add adds the bytes at an offset in the file.
func (z *zeros) add(part []byte, at int64) {
	for len(part) > 0 {
		if at%sectorSize == 0 {
			z.zero, z.other = false, false
		}
		n := min(len(part), int(sectorSize-at%sectorSize))
		zero, other := bytes.IndexByte(part[:n], 0) >= 0, len(bytes.TrimLeft(part[:n], "\x00")) > 0
		z.zero, z.other = z.zero || zero, z.other || other
		z.only = z.only && !other
		z.sectors = z.sectors && !(z.zero && z.other)
		part, at = part[n:], at+int64(n)
	}
}

// beginsLine reports whether text is the beginning of a valid, longer line.
func beginsLine(text []byte) bool {
	h, err := cutHead(text)
	if err != nil || !h.begins {
		return h.begins
	}
	// The JSON of an entry has no control characters. If the whole entry is present, its
	// checksum must match.
	if len(h.rest) > h.length || bytes.ContainsFunc(h.rest, func(r rune) bool { return r < ' ' }) {
		return false
	}
	return len(h.rest) < h.length || bytes.Equal(checksum(h.rest), h.sum)
}
