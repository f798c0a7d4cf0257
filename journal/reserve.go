package journal

import (
	"os"

	"iosweep/internal/fault"
)

// The Writer reserves space after the end of the journal without making the file longer.
// So the record of a trial that filled the disk still fits, and so does the note about
// it. The space is allocated at the start and extended as it is used. On a file system
// without this feature nothing is reserved.
const (
	maxReserve = 64 << 10
	minReserve = 32 << 10
)

// reserve ensures that there is space for n bytes and some more after them. It returns
// false only if there is certainly no space for the n bytes.
func (w *Writer) reserve(n int) bool {
	need := w.end + int64(n)
	file, ok := w.file.(*os.File)
	if !ok || need+minReserve <= w.reserved {
		return true
	}
	for _, to := range []int64{need + maxReserve, need} {
		switch err := fallocate(file, w.end, to-w.end); {
		case err == nil:
			w.reserved = max(w.reserved, to)
			return true
		case !isFull(err):
			return true // unknown
		}
	}
	return need <= w.reserved
}

// isFull reports whether an error means that there is no space left.
func isFull(err error) bool {
	what := fault.InChain(err)
	return what == fault.Full || what == fault.Quota
}
