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
	return result(t.site.Manifest, x.Item, t.ask(x))
}

func (t *copyTask) ask(x *RingItem) error {
	if err := x.heard(); err != nil {
		return err
	}
	switch x.stage {
	case copyNothing:
		x.stage, x.file = copyRead, t.site.Manifest.File(x.Item)
		piece, err := x.memory(min(copyPiece, blocks(x.file.Size)))
		if err == nil {
			err = x.askOpen(t.in)
		}
		if err == nil {
			x.askRead(piece)
		}
		return err
	case copyStore:
		all, err := t.wasStored(x)
		switch {
		case err != nil:
			return err
		case !all:
			return t.askPiece(x)
		case x.last && x.moved != x.file.Size:
			return sizeError(&x.file, x.moved)
		case x.last:
			return nil
		}
	}
	return t.askNext(x)
}

// piece is the memory of the item's pieces.
func (t *copyTask) piece(x *RingItem) []byte {
	return x.buffer[:min(copyPiece, blocks(x.file.Size))]
}

// askNext has a piece that was read stored. After the last one the file that it was
// read from is closed.
func (t *copyTask) askNext(x *RingItem) error {
	buf := t.piece(x)
	x.moved += int64(x.got)
	x.data, x.last, x.stage = buf[:x.got], x.ended(buf, t.in.Direct), copyStore
	if x.last {
		x.ask(Request{Call: CallClose, File: fromFile})
	}
	return t.askPiece(x)
}

// askPiece asks for what is left of a piece to be stored, and for the one behind it.
func (t *copyTask) askPiece(x *RingItem) error {
	if err := t.askStore(x); err != nil || x.last || x.mode { // its permissions come first
		return err
	}
	x.askRead(t.piece(x))
	return nil
}
