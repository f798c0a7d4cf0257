package workload

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// A NameIndex finds an item by its name. It contains the item numbers, sorted by name; the
// names stay in the manifest. For a million items it uses 4 bytes per item. A map of strings
// would use about forty.
type NameIndex struct {
	items *Manifest
	order []uint32
}

// IndexNames returns the index of a manifest. If two items have the same name, it finds the
// first.
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

// Item returns the item with a name; ok is false if there is none.
func (x *NameIndex) Item(name string) (item int, ok bool) {
	i, ok := sort.Find(len(x.order), func(i int) int {
		return strings.Compare(name, x.items.Name(int(x.order[i])))
	})
	if !ok {
		return 0, false
	}
	return int(x.order[i]), true
}
