//go:build linux && !portable

package operations

var _ Ringed = (*readTask)(nil)

// Advance reads a range of the item's file block by block. A file of one block takes one round of
// requests: open, read and close.
func (t *readTask) Advance(x *RingItem) (Result, error) {
	err := t.advance(x)
	part := t.ranges.At(x.Item)
	return Result{Bytes: part.Length, Digest: x.digest}, itemError(t.site.Manifest, part.File, err)
}

func (t *readTask) advance(x *RingItem) error {
	if x.stage == 0 {
		x.stage++
		part := t.ranges.At(x.Item)
		x.file = t.site.Manifest.File(part.File)
		x.input = t.site.Block.blocks(t.dir.Direct, &x.file, part)
		return x.requestBlock(t.dir)
	}
	if err := x.checkResults(); err != nil {
		return err
	}
	data, last, ok, err := x.block(t.dir)
	if err != nil || !ok {
		return err
	}
	x.digest = update(x.digest, data, t.ranges.chains(t.site.Block, x.file.Size))
	if last {
		return nil
	}
	return x.requestBlock(t.dir)
}
