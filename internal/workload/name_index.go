package workload

import (
	"hash/maphash"
	"math/bits"
)

// A NameIndex finds an item by its name: a hash table of item numbers alone, open
// addressed with linear probing (Knuth, The Art of Computer Programming, vol. 3,
// 6.4, algorithm L). The names stay in the manifest. It takes 6 bytes for each of a
// million items, where a map of strings takes a hundred.
//
// Rejected: binary search in the sorted names. It saves that memory where a
// manifest is sorted, as a tree's is and one of 100,000 made items is not, and takes
// twenty comparisons of names that are far apart where this takes one or two.
type NameIndex struct {
	items *Manifest
	seed  maphash.Seed
	slots []uint32 // an item + 1; 0 where there is none
}

// IndexNames makes the index of a manifest. Of two items with one name it knows
// the first.
func IndexNames(m *Manifest) NameIndex {
	// Two thirds full: a search looks at 5 slots at most on average (there, eq. 27).
	x := NameIndex{items: m, seed: maphash.MakeSeed(), slots: make([]uint32, m.Len()+m.Len()/2+1)}
	for item, file := range m.All() {
		if slot, taken := x.find(file.Name); !taken {
			x.slots[slot] = uint32(item) + 1
		}
	}
	return x
}

// Item is the item with a name.
func (x *NameIndex) Item(name string) (item int, ok bool) {
	slot, ok := x.find(name)
	return int(x.slots[slot]) - 1, ok
}

// find is the slot of a name, or the free one where it would be.
func (x *NameIndex) find(name string) (slot int, taken bool) {
	n := uint64(len(x.slots))
	high, _ := bits.Mul64(maphash.String(x.seed, name), n) // evenly onto the slots
	for slot := int(high); ; slot++ {
		if slot == len(x.slots) {
			slot = 0
		}
		switch held := x.slots[slot]; {
		case held == 0:
			return slot, false
		case x.items.Name(int(held)-1) == name:
			return slot, true
		}
	}
}
