package operations

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sync"
)

// pendingLimit is the memory, in bytes, for entries that wait for earlier ones.
const pendingLimit = 24 << 20

// pendingCost is the memory of a pending block in addition to its data: the StagedItem, its
// place in a map, and the rounding of the allocator.
const pendingCost = 256

// An entryOrder writes the entries of an archive in the order of the items, although
// workers finish them in another order. Equal items then make equal archives under every
// strategy. A block that comes early is kept until all entries before its own are written. If
// there is no memory left for it, its entry is written at once, and the archive has another order.
//
// An entry of several blocks is open from its first block to its last one, and no other entry can
// be written meanwhile. A worker whose block can neither be written nor kept waits until no entry
// is open. The workers of the open entry never wait, so it gets its end. Under the sinks "locked"
// and "collector", whose blocks come one item after another, no worker waits.
//
// Rejected: letting workers always wait for the order. A worker whose task begins a thousand items
// later would then wait for these thousand.
type entryOrder struct {
	write func(*StagedItem) error
	// strict means that no entry is written early, because an item may continue the entry of the item
	// before it. A worker then waits for earlier items. Each of them is done by another worker.
	strict bool

	mu       sync.Mutex
	changed  sync.Cond             // an entry was completed, or halted was set
	halted   error                 // the trial has failed
	room     int64                 // bytes that are left for pending blocks
	next     int                   // the first item whose entry is not complete
	open     int                   // the item whose entry is open, or noItem
	pending  map[int][]*StagedItem // blocks by item; nothing of these items is written
	waiting  map[int]bool          // items whose workers wait
	received []uint64              // one bit for each item of which a block was written or kept
}

const noItem = -1

func newEntryOrder(items int, room int64, write func(*StagedItem) error) *entryOrder {
	o := &entryOrder{
		write: write, room: room, open: noItem,
		pending: map[int][]*StagedItem{}, waiting: map[int]bool{}, received: make([]uint64, items/64+1),
	}
	o.changed.L = &o.mu
	return o
}

// has reports whether a block of an item was received.
func (o *entryOrder) has(item int) bool {
	return item/64 < len(o.received) && o.received[item/64]&(1<<(item%64)) != 0
}

// add takes a block. It copies the block if it has to keep it.
func (o *entryOrder) add(p *StagedItem) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	// A repeated entry is not kept, so that Verify finds it.
	repeated := p.Offset == 0 && o.has(p.Item)
	for {
		switch {
		case o.halted != nil:
			return o.halted
		case p.Item == o.open:
			return o.append(p)
		case o.open == noItem && (p.Item == o.next || repeated):
			return o.append(p)
		case !repeated && o.keep(p):
			return nil
		case !o.strict && o.open == noItem && o.isFirst(p.Item):
			if err := o.release(p.Item); err != nil {
				return err
			}
			return o.append(p)
		}
		o.waiting[p.Item] = true
		o.changed.Wait()
		delete(o.waiting, p.Item)
	}
}

// isFirst reports whether no worker waits with an earlier item.
func (o *entryOrder) isFirst(item int) bool {
	for other := range o.waiting {
		if other < item {
			return false
		}
	}
	return true
}

// keep copies a block into memory if there is room.
func (o *entryOrder) keep(p *StagedItem) bool {
	cost := int64(len(p.Data)) + pendingCost
	if cost > o.room {
		return false
	}
	o.room -= cost
	o.mark(p.Item)
	o.pending[p.Item] = append(o.pending[p.Item], &StagedItem{
		Item: p.Item, Offset: p.Offset, Last: p.Last, Size: p.Size, CRC: p.CRC, Data: bytes.Clone(p.Data),
	})
	return true
}

func (o *entryOrder) mark(item int) { o.received[item/64] |= 1 << (item % 64) }

// append writes a block, and then the entries that waited for the end of this one.
func (o *entryOrder) append(p *StagedItem) error {
	o.mark(p.Item)
	if err := o.put(p); err != nil {
		return err
	}
	if o.open != noItem {
		return nil
	}
	o.changed.Broadcast()
	for o.open == noItem && o.has(o.next) {
		if err := o.release(o.next); err != nil {
			return err
		}
		if o.open == noItem {
			o.next++
		}
	}
	return nil
}

// put writes a block. Its entry is open afterwards, unless the block is the last one.
func (o *entryOrder) put(p *StagedItem) error {
	o.open = p.Item
	if p.Last {
		o.open = noItem
	}
	return o.write(p)
}

// release writes the pending blocks of an item. An entry that is not pending was written
// already.
func (o *entryOrder) release(item int) error {
	blocks := o.pending[item]
	delete(o.pending, item)
	for _, p := range blocks {
		o.room += int64(len(p.Data)) + pendingCost
		if err := o.put(p); err != nil {
			return err
		}
	}
	return nil
}

// halt makes all calls of add return an error, because the open entry may never get its end.
func (o *entryOrder) halt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.halted == nil {
		o.halted = errors.New("stopped: another worker has failed")
	}
	o.changed.Broadcast()
}

// finish writes the entries that are still pending. There are none if every item was
// received.
func (o *entryOrder) finish() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, item := range slices.Sorted(maps.Keys(o.pending)) {
		if err := o.release(item); err != nil {
			return err
		}
	}
	return nil
}
