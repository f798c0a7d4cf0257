package operations

import (
	"bytes"
	"maps"
	"slices"
)

// pendingLimit is the memory, in bytes, for entries that wait for earlier ones.
const pendingLimit = 24 << 20

// pendingCost is the memory of a pending entry in addition to its data: the StagedItem, its
// place in a map, and the rounding of the allocator.
const pendingCost = 256

// An entryOrder writes the entries of an archive in the order of the items, although
// workers finish them in another order. Equal items then make equal archives under every
// strategy. No worker waits for the order: an entry that comes early is kept until all
// entries before it are written. If there is no memory left for it, it is written at once,
// and the archive has another order.
//
// Rejected: letting workers wait, which would bound the memory too. A worker whose task
// begins a thousand items later would then wait for these thousand.
type entryOrder struct {
	write    func(*StagedItem) error
	room     int64 // bytes that are left for pending entries
	next     int   // the first item that is not written yet
	pending  map[int]*StagedItem
	received []uint64 // one bit for each item
}

func newEntryOrder(items int, room int64, write func(*StagedItem) error) *entryOrder {
	return &entryOrder{write: write, room: room, pending: map[int]*StagedItem{}, received: make([]uint64, items/64+1)}
}

// mark records that an entry was received. ok is false if it had been received before.
func (o *entryOrder) mark(item int) (ok bool) {
	word, bit := &o.received[item/64], uint64(1)<<(item%64)
	ok = *word&bit == 0
	*word |= bit
	return ok
}

// add takes an entry. It copies the entry if it has to keep it.
func (o *entryOrder) add(p *StagedItem) error {
	if !o.mark(p.Item) {
		return o.write(p) // so that Verify finds the duplicate
	}
	cost := int64(len(p.Data)) + pendingCost
	switch {
	case p.Item == o.next:
		if err := o.write(p); err != nil {
			return err
		}
		return o.catchUp()
	case cost > o.room:
		return o.write(p)
	}
	o.room -= cost
	o.pending[p.Item] = &StagedItem{Item: p.Item, Size: p.Size, CRC: p.CRC, Data: bytes.Clone(p.Data)}
	return nil
}

// catchUp writes the entries that waited for the one that was just written.
func (o *entryOrder) catchUp() error {
	for o.next++; o.has(o.next); o.next++ {
		if err := o.release(o.next); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether the entry of an item was received.
func (o *entryOrder) has(item int) bool {
	return item/64 < len(o.received) && o.received[item/64]&(1<<(item%64)) != 0
}

// release writes the pending entry of an item. An entry that is not pending was written
// already.
func (o *entryOrder) release(item int) error {
	p, found := o.pending[item]
	if !found {
		return nil
	}
	delete(o.pending, item)
	o.room += int64(len(p.Data)) + pendingCost
	return o.write(p)
}

// finish writes the entries that are still pending. There are none if every item was
// received.
func (o *entryOrder) finish() error {
	for _, item := range slices.Sorted(maps.Keys(o.pending)) {
		if err := o.release(item); err != nil {
			return err
		}
	}
	return nil
}
