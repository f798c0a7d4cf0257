//go:build linux && !portable

package operations

import "iosweep/internal/dirio"

var _ Ringed = (*copyTask)(nil)

// Advance copies a range of the item's file block by block.
func (t *copyTask) Advance(x *RingItem) (Result, error) {
	part := t.ranges.At(x.Item)
	return Result{Bytes: part.Length}, itemError(t.site.Manifest, part.File, t.advance(x, part))
}

func (t *copyTask) advance(x *RingItem, part Range) error {
	if x.stage == copyStart {
		x.file = t.site.Manifest.File(part.File)
		x.input = t.site.Block.blocks(t.in.Direct, &x.file, part)
		x.totalWritten, x.outputDir = part.Offset, t.itemDir(x.Scratch)
		if t.ranges.splits(x.file.Size) {
			x.outputExists, x.outputDir = true, t.splitDir(part.File)
		}
	}
	return t.advanceCopy(x, t.in)
}

// The stages of an item that is copied. A stage is named after the latest requests for the item.
const (
	copyStart = iota // there were none
	copyRead         // reading a block
	copyStore        // writing a block and reading the next one
)

// advanceCopy copies x.input, a range of a file in dir. The first read is linked to the open. All
// blocks use the same memory: a block is read after the previous block was written. A file of one
// block takes two rounds of requests: open, read and close; create, write and close.
//
// Rejected: one round for everything. The length of the write is known only after the
// read. If the length of the file has changed, a wrong copy would be written before the
// change is noticed.
func (o *output) advanceCopy(x *RingItem, dir dirio.Directory) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case copyStart:
		x.stage = copyRead
		return x.requestBlock(dir)
	case copyStore:
		stored, err := o.storeResult(x)
		switch {
		case err != nil, stored && x.last:
			return err
		case !stored:
			return o.requestCopy(x, dir)
		}
		x.stage = copyRead // the read of the next block was linked to the write
	}
	data, last, ok, err := x.block(dir)
	if err != nil || !ok {
		return err
	}
	x.data, x.last, x.stage = data, last, copyStore
	return o.requestCopy(x, dir)
}

// requestCopy requests the write of the rest of a block and the read of the next one.
func (o *output) requestCopy(x *RingItem, dir dirio.Directory) error {
	if err := o.requestStore(x); err != nil || x.last || x.needsMode { // permissions are set before any data is written
		return err
	}
	return x.requestBlock(dir)
}
