//go:build linux && !portable

package operations

var _ Ringed = (*copyTask)(nil)

// copyPiece is the number of bytes that are read and written at a time. Each item in
// flight has one piece.
const copyPiece = 256 << 10

// The stages of an item. A stage is named after the latest requests for the item.
const (
	copyStart = iota // there were none
	copyRead         // reading the first piece
	copyStore        // writing a piece and reading the next one
)

// Advance copies the item in pieces. The first read is linked to the open. All pieces use
// the same memory: a piece is read after the previous piece was written. A file of
// one piece takes two rounds of requests: open and read; create, write and close.
//
// Rejected: one round for everything. The length of the write is known only after the
// read. If the length of the file has changed, a wrong copy would be written before the
// change is noticed.
func (t *copyTask) Advance(x *RingItem) (Result, error) {
	return result(t.site.Manifest, x.Item, t.advance(x))
}

func (t *copyTask) advance(x *RingItem) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case copyStart:
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

// pieceBuffer returns the memory for the item's pieces.
func (t *copyTask) pieceBuffer(x *RingItem) []byte {
	return x.buffer[:min(copyPiece, readSize(x.file.Size))]
}

// storePiece requests the write of the piece that was read. After the last piece it also
// closes the input file.
func (t *copyTask) storePiece(x *RingItem) error {
	buf := t.pieceBuffer(x)
	x.totalRead += int64(x.bytesRead)
	x.data, x.last, x.stage = buf[:x.bytesRead], x.ended(buf, t.in.Direct), copyStore
	if x.last {
		x.add(Request{Call: CallClose, File: fromFile})
	}
	return t.requestPiece(x)
}

// requestPiece requests the write of the rest of a piece and the read of the next one.
func (t *copyTask) requestPiece(x *RingItem) error {
	if err := t.requestStore(x); err != nil || x.last || x.needsMode { // permissions are set before any data is written
		return err
	}
	x.requestRead(t.pieceBuffer(x))
	return nil
}
