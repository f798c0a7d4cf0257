package workload

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// A NameIndex finds an item by its name: the items in the order of their names. The
// names stay in the manifest. It takes 4 bytes for each of a million items, where a
// map of strings takes some forty.
type NameIndex struct {
	items *Manifest
	order []uint32
}

// IndexNames makes the index of a manifest. Of two items with one name it knows
// the first.
func IndexNames(m *Manifest) NameIndex {
	order := make([]uint32, m.Len())
	for item := range order {
		order[item] = uint32(item)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(strings.Compare(m.Name(int(a)), m.Name(int(b))), cmp.Compare(a, b))
	})
	return NameIndex{m, order}
}

// Item returns the item with a name; not ok if there is none.
func (x *NameIndex) Item(name string) (item int, ok bool) {
	i, ok := sort.Find(len(x.order), func(i int) int {
		return strings.Compare(name, x.items.Name(int(x.order[i])))
	})
	if !ok {
		return 0, false
	}
	return int(x.order[i]), true
}
