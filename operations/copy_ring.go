//go:build linux && !portable

package operations

var _ Ringed = (*copyTask)(nil)

// copyPiece is how much of a file is on its way at a time. There are as many pieces as
// there are items in flight.
const copyPiece = 256 << 10

// The stages of an item that is copied: what was asked for last.
const (
	copyNothing = iota
	copyRead    // the first piece
	copyStore   // that a piece is stored, and the next one
)

// Advance copies the item in pieces. The first is read as soon as the file is open; each
// further one is read into the same memory when the one before has been stored. A file
// of one piece takes two turns: open and read; make, write and close.
//
// Rejected: all of it in one turn. How much has to be written is known only when it
// has been read, so a file that has changed its length would be written wrongly before
// it is noticed.
func (t *copyTask) Advance(x *RingItem) (Result, error) {
	return result(t.site.Manifest, x.Item, t.advance(x))
}

func (t *copyTask) advance(x *RingItem) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case copyNothing:
		x.stage, x.file = copyRead, t.site.Manifest.File(x.Item)
		piece, err := x.memory(min(copyPiece, readSize(x.file.Size)))
		if err == nil {
			err = x.requestOpen(t.in)
		}
		if err == nil {
			x.requestRead(piece)
		}
		return err
	case copyStore:
		all, err := t.storeResult(x)
		switch {
		case err != nil:
			return err
		case !all:
			return t.requestPiece(x)
		case x.last && x.totalRead != x.file.Size:
			return sizeError(&x.file, x.totalRead)
		case x.last:
			return nil
		}
	}
	return t.storePiece(x)
}

// piece is the memory of the item's pieces.
func (t *copyTask) pieceBuffer(x *RingItem) []byte {
	return x.buffer[:min(copyPiece, readSize(x.file.Size))]
}

// storePiece has a piece that was read stored. After the last one the file that it was
// read from is closed.
func (t *copyTask) storePiece(x *RingItem) error {
	buf := t.pieceBuffer(x)
	x.totalRead += int64(x.bytesRead)
	x.data, x.last, x.stage = buf[:x.bytesRead], x.ended(buf, t.in.Direct), copyStore
	if x.last {
		x.add(Request{Call: CallClose, File: fromFile})
	}
	return t.requestPiece(x)
}

// requestPiece asks for what is left of a piece to be stored, and for the one behind it.
func (t *copyTask) requestPiece(x *RingItem) error {
	if err := t.requestStore(x); err != nil || x.last || x.needsMode { // its permissions come first
		return err
	}
	x.requestRead(t.pieceBuffer(x))
	return nil
}
