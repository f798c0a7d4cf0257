package operations

import (
	"bytes"
	"maps"
	"slices"
)

// pendingLimit is how much memory entries that wait for those before them may take.
const pendingLimit = 24 << 20

// pendingCost is what an entry that is kept takes beside its data: the parcel, its
// place in a map, and what the allocator rounds up to.
const pendingCost = 256

// An entryOrder has the entries of an archive written in the order of the items,
// though workers finish them in another: then equal items make equal archives,
// whoever made them. Nobody waits for that. An entry that comes early is kept until
// all before it are written; one for which there is no room any more is written
// where it is, and that archive is in another order.
//
// To let workers wait instead would bound the memory as well. But a worker whose
// task begins a thousand items further on would then wait for these thousand.
type entryOrder struct {
	write    func(*StagedItem) error
	room     int64 // bytes that may still be kept
	next     int   // the first item that has not been written
	pending  map[int]*StagedItem
	received []uint64 // a bit for each item
}

func newEntryOrder(items int, room int64, write func(*StagedItem) error) *entryOrder {
	return &entryOrder{write: write, room: room, pending: map[int]*StagedItem{}, received: make([]uint64, items/64+1)}
}

// mark records that an entry has come. It is not ok if it had come before.
func (o *entryOrder) mark(item int) (ok bool) {
	word, bit := &o.received[item/64], uint64(1)<<(item%64)
	ok = *word&bit == 0
	*word |= bit
	return ok
}

// add takes an entry, which it copies if it has to keep it.
func (o *entryOrder) add(p *StagedItem) error {
	if !o.mark(p.Item) {
		return o.write(p) // for Verify to find it there twice
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

// catchUp writes what had to wait for the entry that has just been written.
func (o *entryOrder) catchUp() error {
	for o.next++; o.has(o.next); o.next++ {
		if err := o.release(o.next); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether the entry of an item has come.
func (o *entryOrder) has(item int) bool {
	return item/64 < len(o.received) && o.received[item/64]&(1<<(item%64)) != 0
}

// release writes the entry of an item, unless it was not kept: then it has been
// written already.
func (o *entryOrder) release(item int) error {
	p, kept := o.pending[item]
	if !kept {
		return nil
	}
	delete(o.pending, item)
	o.room += int64(len(p.Data)) + pendingCost
	return o.write(p)
}

// finish writes what still waits: nothing, where every item came.
func (o *entryOrder) finish() error {
	for _, item := range slices.Sorted(maps.Keys(o.pending)) {
		if err := o.release(item); err != nil {
			return err
		}
	}
	return nil
}
