package strictfs

import (
	"bytes"
	"iter"
)

// sector is what a disk writes at once.
const sector = 512

// An inode is a file, whatever it is called.
type inode struct {
	content []byte // as programs see it
	synced  []byte // as the disk has it for certain
	pending []change
}

// A change writes data at an offset or, without data, gives the file that size.
type change struct {
	at   int64
	data []byte
}

func (f *inode) change(c change) {
	f.content = c.apply(f.content)
	f.pending = append(f.pending, c)
}

// apply makes the change in a copy.
func (c change) apply(content []byte) []byte {
	size := int64(len(content))
	if c.data == nil {
		size = c.at
	}
	changed := make([]byte, max(size, c.at+int64(len(c.data))))
	copy(changed, content)
	copy(changed[c.at:], c.data)
	return changed
}

// onDisk are the contents that the disk may have: with any of the pending
// changes, and the last of those torn.
func (f *inode) onDisk() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		seen := map[string]bool{}
		for subset := range 1 << len(f.pending) {
			before, last := f.synced, change{at: int64(len(f.synced))}
			for i, c := range f.pending {
				if subset>>i&1 == 1 {
					before, last = last.apply(before), c
				}
			}
			for _, content := range last.torn(before) {
				if !seen[string(content)] {
					seen[string(content)] = true
					if !yield(content) {
						return
					}
				}
			}
		}
	}
}

// torn are the contents that a change may leave, the whole one among them.
func (c change) torn(before []byte) [][]byte {
	whole := c.apply(before)
	list := [][]byte{whole}
	for _, cut := range cuts(len(c.data)) {
		short := change{at: c.at, data: c.data[:cut]}.apply(before)
		grown := append(bytes.Clone(short), make([]byte, len(whole)-len(short))...)
		list = append(list, short, grown)
	}
	// The disk may also have written a later sector and not those before it.
	for at := c.at/sector*sector + sector; at < c.at+int64(len(c.data)); at += sector {
		late := make([]byte, len(whole))
		copy(late, before)
		copy(late[at:], whole[at:])
		list = append(list, late)
	}
	return list
}

// cuts are lengths that data of n bytes may be cut to: none, one, all but one, and
// some between.
func cuts(n int) []int {
	list := []int{0}
	for cut := 1; cut < n-1; cut += max(1, n/32) {
		list = append(list, cut)
	}
	return append(list, max(0, n-1))
}
