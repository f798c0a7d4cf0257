//go:build linux && !portable

package operations

var _ Ringed = (*writeTask)(nil)

// The stages of an item. A stage is named after the latest requests for the item.
const (
	writeStart   = iota // there were none
	writeWait           // waiting for the item's delay
	writeContent        // reading the content from the workload's tree
	writeStore          // writing the content
)

// Advance generates the item's content, or reads it from the workload's tree, and stores it.
// The thread that drives the ring generates the content of all its items.
func (t *writeTask) Advance(x *RingItem) (Result, error) {
	err := t.advance(x)
	return Result{Bytes: x.totalWritten}, itemError(t.site.Manifest, x.Item, err)
}

func (t *writeTask) advance(x *RingItem) error {
	if err := x.checkResults(); err != nil {
		return err
	}
	switch x.stage {
	case writeStart:
		x.file = t.site.Manifest.File(x.Item)
		return t.begin(x)
	case writeWait:
		return t.generateAndStore(x)
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
	if t.source.content == nil {
		x.stage = writeContent
		return x.requestContent(t.source.tree)
	}
	// Items in flight wait concurrently, as workers do.
	if delay := t.source.delay(x.Item); delay > 0 {
		x.stage = writeWait
		x.add(Request{Call: CallWait, Wait: delay})
		return nil
	}
	return t.generateAndStore(x)
}

// generateAndStore generates the content, unless it is already in memory, and requests to
// store it.
func (t *writeTask) generateAndStore(x *RingItem) error {
	data, ok := t.source.inMemory(x.Item)
	if !ok {
		space, err := x.memory(readSize(x.file.Size))
		if err != nil {
			return err
		}
		if data, err = t.source.content.Append(space[:0], x.Item); err != nil {
			return err
		}
	}
	return t.storeAll(x, data)
}

func (t *writeTask) storeAll(x *RingItem, data []byte) error {
	x.stage, x.data, x.last = writeStore, data, true
	return t.requestStore(x)
}
