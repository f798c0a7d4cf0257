package operations

import (
	"io"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// load appends the content of an item's file in dir to dst. Between its system
// calls other tasks of an event loop may run.
func load(s *Scratch, dir dirio.Directory, want *workload.File, dst []byte) ([]byte, error) {
	here, name, err := s.from.Enter(dir, "", want.Name)
	if err != nil {
		return dst, err
	}
	in, err := dir.OpenItem(here, name)
	if err != nil {
		return dst, err
	}
	s.yield()
	if dir.Direct {
		dst, err = readDirect(in, want, dst)
	} else {
		dst, err = readExactly(in, want, dst)
	}
	s.yield()
	if closing := in.Close(); err == nil {
		err = closing
	}
	return dst, err
}

// readExactly appends the rest of in to dst. It asks for one byte more than the
// file should have: a file that has grown shows itself, and one that has not
// needs no further call to find its end.
func readExactly(in dirio.File, want *workload.File, dst []byte) ([]byte, error) {
	start, size := len(dst), int(want.Size)
	dst = slices.Grow(dst, size+1)[:start+size+1]
	n := 0
	for n <= size {
		m, err := in.Read(dst[start+n:])
		n += m
		if n == size || err == io.EOF {
			break
		}
		if err != nil {
			return dst[:start], err
		}
	}
	if n != size {
		return dst[:start], sizeError(want, int64(n))
	}
	return dst[:start+size], nil
}
