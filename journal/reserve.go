package journal

import (
	"os"

	"iosweep/internal/fault"
)

// Space is reserved behind the end of a journal, without making the file longer,
// so that the record of a trial that filled the disk still fits, and the note
// that says so. It is had up front and topped up as it is used. Where a file
// system has no such thing, a journal works without.
const (
	reserveMost  = 64 << 10
	reserveLeast = 32 << 10
)

// reserve sees to it that n bytes to be appended, and some behind them, have
// room. It is false if they certainly have none.
func (w *Writer) reserve(n int) bool {
	need := w.end + int64(n)
	file, ok := w.file.(*os.File)
	if !ok || need+reserveLeast <= w.reserved {
		return true
	}
	for _, to := range []int64{need + reserveMost, need} {
		switch err := fallocate(file, w.end, to-w.end); {
		case err == nil:
			w.reserved = max(w.reserved, to)
			return true
		case !isFull(err):
			return true // it cannot be said
		}
	}
	return need <= w.reserved
}

// isFull reports whether an error says that there is no room.
func isFull(err error) bool {
	what := fault.InChain(err)
	return what == fault.Full || what == fault.Quota
}
