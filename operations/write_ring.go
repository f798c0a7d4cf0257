//go:build linux && !portable

package operations

import "iosweep/internal/workload"

var _ Ringed = (*writeTask)(nil)

// The stages of an item. A stage is named after the latest requests for the item.
const (
	writeStart = iota // there were none
	writeWait         // waiting for the item's delay
	writeStore        // writing a block
)

// Advance generates the item's content block by block and stores it. The thread that drives the
// ring generates the content of all its items. Content from the workload's tree is copied.
func (t *writeTask) Advance(x *RingItem) (Result, error) {
	advance := t.advance
	if t.source.content == nil {
		advance = t.advanceTree
	}
	return result(t.site.Manifest, x.Item, advance(x))
}

func (t *writeTask) advanceTree(x *RingItem) error {
	if x.stage == copyStart {
		x.file, x.outputDir = t.site.Manifest.File(x.Item), t.itemDir(x.Scratch)
		x.input = t.site.Block.blocks(false, &x.file, Range{x.Item, 0, x.file.Size})
	}
	return t.advanceCopy(x, t.source.tree)
}

func (t *writeTask) advance(x *RingItem) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case writeStart:
		x.file, x.outputDir = t.site.Manifest.File(x.Item), t.itemDir(x.Scratch)
		x.generator = t.source.generator(&x.file, x.Item)
		// Items in flight wait concurrently, as workers do.
		if delay := t.source.delay(x.Item); delay > 0 {
			x.stage = writeWait
			x.add(Request{Call: CallWait, Wait: delay})
			return nil
		}
	case writeStore:
		stored, err := t.storeResult(x)
		switch {
		case err != nil, stored && x.last:
			return err
		case !stored:
			return t.requestStore(x)
		}
	}
	return t.generateBlock(x)
}

// generateBlock generates the next block, unless it is already in memory, and requests to store
// it.
func (t *writeTask) generateBlock(x *RingItem) (err error) {
	space := x.buffer
	if _, ok := t.source.content.(workload.InMemory); !ok || x.generator.block > workload.MaxPart {
		if space, err = x.memory(int(min(x.generator.block, x.generator.size))); err != nil {
			return err
		}
	}
	if x.data, x.last, err = x.generator.next(space); err != nil {
		return err
	}
	x.stage = writeStore
	return t.requestStore(x)
}
