//go:build linux && !portable

package operations

var _ Ringed = (*writeTask)(nil)

// The stages of an item that is written: what was asked for last.
const (
	writeNothing = iota
	writeWait    // to be told when the content is there
	writeContent // the content, from the workload's tree
	writeStore   // that it is stored
)

// Advance makes the item's content, or reads it from the workload's tree, and stores it.
// Content is made here, so by the one thread that asks for all items.
func (t *writeTask) Advance(x *RingItem) (Result, error) {
	err := t.advance(x)
	return Result{Bytes: x.totalWritten}, itemError(t.site.Manifest, x.Item, err)
}

func (t *writeTask) advance(x *RingItem) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case writeNothing:
		x.file = t.site.Manifest.File(x.Item)
		return t.begin(x)
	case writeWait:
		return t.makeAndStore(x)
	case writeContent:
		data, ok, err := x.content(t.source.tree)
		if err != nil || !ok {
			return err
		}
		return t.storeAll(x, data)
	default:
		all, err := t.storeResult(x)
		if err != nil || all {
			return err
		}
		return t.requestStore(x)
	}
}

// begin asks for the content, or for the time that it takes.
func (t *writeTask) begin(x *RingItem) error {
	if t.source.made == nil {
		x.stage = writeContent
		return x.requestContent(t.source.tree)
	}
	// Items in flight wait side by side, as workers do.
	if while := t.source.delay(x.Item); while > 0 {
		x.stage = writeWait
		x.add(Request{Call: CallWait, Wait: while})
		return nil
	}
	return t.makeAndStore(x)
}

// makeAndStore makes the content, where it does not lie in memory already, and asks for it
// to be stored.
func (t *writeTask) makeAndStore(x *RingItem) error {
	data, ok := t.source.recorded(x.Item)
	if !ok {
		space, err := x.memory(readSize(x.file.Size))
		if err != nil {
			return err
		}
		if data, err = t.source.made.Append(space[:0], x.Item); err != nil {
			return err
		}
	}
	return t.storeAll(x, data)
}

func (t *writeTask) storeAll(x *RingItem, data []byte) error {
	x.stage, x.data, x.last = writeStore, data, true
	return t.requestStore(x)
}
