package journal

import "bytes"

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
	sectors bool  // each sector of the line is all zeros or has none
	// zero and other say what the last sector has so far.
	zero, other bool
}

// newZeros begins at an offset of a line that begins at another.
func newZeros(line, begin int64) zeros {
	return zeros{begin: begin, only: true, sectors: true, other: begin > line && begin%sectorSize != 0}
}

// add takes the bytes at an offset in the file.
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

// beginsLine reports whether some line begins with this and goes on.
func beginsLine(text []byte) bool {
	h, err := cutHead(text)
	if err != nil || !h.begins {
		return h.begins
	}
	// The JSON of an entry has no control characters, and of one that is all
	// there the checksum is right.
	if len(h.rest) > h.length || bytes.ContainsFunc(h.rest, func(r rune) bool { return r < ' ' }) {
		return false
	}
	return len(h.rest) < h.length || bytes.Equal(checksum(h.rest), h.sum)
}
