package workload

import (
	"io/fs"
	"iter"
	"slices"
)

// A File describes one item after the operation.
type File struct {
	// Name is slash-separated and relative, and does not lead out of its directory.
	Name string
	Size int64
	CRC  uint32 // CRC-32 (IEEE), as in zip
	Mode fs.FileMode
}

// A Manifest describes all items of a workload. Every process of a trial has the whole
// manifest in memory. So the items are stored in columns, in blocks of blockItems
// (manifest_block.go). That takes about 24 bytes per item for a million generated items. A
// slice of File would take three times as much, and give the garbage collector a million
// strings to scan.
type Manifest struct {
	// Dirs contains the directories of a nested tree, parents first; empty for a flat
	// workload.
	Dirs []string
	// Skipped contains the entries of a tree that are left out: links, pipes, sockets, devices and,
	// if the workload skips them, unreadable files and directories. They are not items. A program
	// that copies them too is still correct.
	Skipped []string
	// LeftOut is the number of skipped entries by kind, such as "link". A survey sets it. The file
	// form, whose checksum identifies the work, does not contain it.
	LeftOut map[string]int

	blocks []*block // all are full except the last
	items  int
	bytes  int64
}

// NewManifest returns a manifest of the given files, in this order.
func NewManifest(files ...File) *Manifest {
	var b manifestBuilder
	for i := range files {
		b.add(&files[i])
	}
	return b.manifest()
}

// Len returns the number of items.
func (m *Manifest) Len() int { return m.items }

// Bytes returns the size of the content of all items.
func (m *Manifest) Bytes() int64 { return m.bytes }

// MedianAndLargest returns the median and the maximum of the sizes of the items.
func (m *Manifest) MedianAndLargest() (median, largest int64) {
	if m.items == 0 {
		return 0, 0
	}
	sizes := make([]int64, 0, m.items)
	for _, file := range m.All() {
		sizes = append(sizes, file.Size)
	}
	slices.Sort(sizes)
	return sizes[len(sizes)/2], sizes[len(sizes)-1]
}

// Memory returns the number of bytes that the items use in memory.
func (m *Manifest) Memory() int64 {
	var sum int64
	for _, b := range m.blocks {
		sum += int64(len(b.names) + 4*len(b.ends) + 4*len(b.crcs) + 16*len(b.kinds))
	}
	return sum
}

// File returns one item. It does not allocate: the name is a part of its block's text.
func (m *Manifest) File(item int) File {
	return m.blocks[item/blockItems].file(item % blockItems)
}

// Name returns the name of one item.
func (m *Manifest) Name(item int) string {
	return m.blocks[item/blockItems].name(item % blockItems)
}

// All iterates over the items in order.
func (m *Manifest) All() iter.Seq2[int, File] {
	return func(yield func(int, File) bool) {
		for item := range m.items {
			if !yield(item, m.File(item)) {
				return
			}
		}
	}
}

// HideChecksums sets the checksum of every item to 0 until restore is called. No other
// goroutine may use the manifest at the time of either call.
func (m *Manifest) HideChecksums() (restore func()) {
	hidden := make([][]uint32, len(m.blocks))
	for i, b := range m.blocks {
		hidden[i], b.crcs = b.crcs, nil
	}
	return func() {
		for i, b := range m.blocks {
			b.crcs = hidden[i]
		}
	}
}
