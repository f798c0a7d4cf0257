package workload

import "bytes"

// A numberStream is the Stream of an item that consists of numbers in lines. A number is preceded
// by a comma or, at the beginning of a line, by a newline.
type numberStream struct {
	lines, values int
	// next appends a number. It is called once for each number, in order.
	next func(dst []byte, line, value int) []byte
	// slides reports that a line has several numbers, and that they are the numbers of the line
	// before it without the first, and one more. Copying them is several times as fast as
	// formatting them.
	slides bool

	line, value int    // of the next number
	rest        []byte // the part of the last number that did not fit
	array       [maxNumber]byte
}

// maxNumber is more than the length of a number with the character before it.
const maxNumber = 32

func (s *numberStream) Append(dst []byte, n int) ([]byte, error) {
	fits := min(n, len(s.rest))
	dst, s.rest, n = append(dst, s.rest[:fits]...), s.rest[fits:], n-fits
	last := -1 // the position in dst of the last line, if it is complete
	for n >= maxNumber && s.line < s.lines {
		before := len(dst)
		switch {
		case s.value == 0 && s.slides && last >= 0 && n >= before-last+maxNumber:
			first := bytes.IndexByte(dst[last:], ',')
			dst = append(dst, '\n')
			dst = append(dst, dst[last+first+1:before]...)
			last, s.value = before+1, s.values-1
		case s.value == 0 && s.line > 0:
			last = before + 1
		case s.value == 0:
			last = before
		}
		dst = s.appendNumber(dst)
		n -= len(dst) - before
	}
	// The caller has no room for more than n bytes.
	for n > 0 && s.line < s.lines {
		s.rest = s.appendNumber(s.array[:0])
		fits := min(n, len(s.rest))
		dst, s.rest, n = append(dst, s.rest[:fits]...), s.rest[fits:], n-fits
	}
	return dst, nil
}

// skip generates the next number, without its first n bytes.
func (s *numberStream) skip(n int) { s.rest = s.appendNumber(s.array[:0])[n:] }

// appendNumber appends the next number and the character before it.
func (s *numberStream) appendNumber(dst []byte) []byte {
	if s.value > 0 {
		dst = append(dst, ',')
	} else if s.line > 0 {
		dst = append(dst, '\n')
	}
	dst = s.next(dst, s.line, s.value)
	if s.value++; s.value == s.values {
		s.line, s.value = s.line+1, 0
	}
	return dst
}
