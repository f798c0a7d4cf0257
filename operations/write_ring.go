//go:build linux && !portable

package operations

var _ Ringed = (*writeTask)(nil)

// The stages of an item: what the last requests were for.
const (
	writeNothing = iota
	writeWait    // waiting until the content is there
	writeContent // reading the content from the workload's tree
	writeStore   // writing it
)

// Advance makes the item's content, or reads it from the workload's tree, and stores it.
// The thread that drives the ring makes the content of all its items.
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

// begin requests the content, or waits for the item's delay.
func (t *writeTask) begin(x *RingItem) error {
	if t.source.made == nil {
		x.stage = writeContent
		return x.requestContent(t.source.tree)
	}
	// Items in flight wait concurrently, as workers do.
	if delay := t.source.delay(x.Item); delay > 0 {
		x.stage = writeWait
		x.add(Request{Call: CallWait, Wait: delay})
		return nil
	}
	return t.makeAndStore(x)
}

// makeAndStore makes the content, unless it is already in memory, and requests to store it.
func (t *writeTask) makeAndStore(x *RingItem) error {
	data, ok := t.source.inMemory(x.Item)
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
