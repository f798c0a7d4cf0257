package operations

import (
	"bytes"
	"maps"
	"slices"
)

// earlyLimit is how much memory entries that wait for those before them may take.
const earlyLimit = 24 << 20

// keptCost is what an entry that is kept takes beside its data: the parcel, its
// place in a map, and what the allocator rounds up to.
const keptCost = 256

// An entryOrder has the entries of an archive written in the order of the items,
// though workers finish them in another: then equal items make equal archives,
// whoever made them. Nobody waits for that. An entry that comes early is kept until
// all before it are written; one for which there is no room any more is written
// where it is, and that archive is in another order.
//
// To let workers wait instead would bound the memory as well. But a worker whose
// task begins a thousand items further on would then wait for these thousand.
type entryOrder struct {
	write func(*Parcel) error
	room  int64           // bytes that may still be kept
	next  int             // the first item that has not come
	early map[int]*Parcel // items behind it that have: nil for one that is written already
}

func newEntryOrder(room int64, write func(*Parcel) error) *entryOrder {
	return &entryOrder{write: write, room: room, early: map[int]*Parcel{}}
}

// add takes an entry, which it copies if it has to keep it.
func (o *entryOrder) add(p *Parcel) error {
	_, twice := o.early[p.Item]
	cost := int64(len(p.Data)) + keptCost
	switch {
	case p.Item == o.next:
		if err := o.write(p); err != nil {
			return err
		}
		return o.catchUp()
	case twice || p.Item < o.next: // for Verify to find it there twice
		return o.write(p)
	case cost > o.room:
		o.early[p.Item] = nil
		return o.write(p)
	}
	o.room -= cost
	o.early[p.Item] = &Parcel{Item: p.Item, Size: p.Size, CRC: p.CRC, Data: bytes.Clone(p.Data)}
	return nil
}

// catchUp writes what had to wait for the entry that has just been written.
func (o *entryOrder) catchUp() error {
	for {
		o.next++
		if _, came := o.early[o.next]; !came {
			return nil
		}
		if err := o.release(o.next); err != nil {
			return err
		}
	}
}

// release writes an entry that has come early, if it has not been written.
func (o *entryOrder) release(item int) error {
	p := o.early[item]
	delete(o.early, item)
	if p == nil {
		return nil
	}
	o.room += int64(len(p.Data)) + keptCost
	return o.write(p)
}

// finish writes what still waits: nothing, where every item came.
func (o *entryOrder) finish() error {
	for _, item := range slices.Sorted(maps.Keys(o.early)) {
		if err := o.release(item); err != nil {
			return err
		}
	}
	return nil
}
