package workload

import (
	"io/fs"
	"iter"
)

// A File is one item as it must be after the operation.
type File struct {
	// Name is slash-separated and relative, and never leaves its directory.
	Name string
	Size int64
	CRC  uint32 // CRC-32 (IEEE), the one that zip uses
	Mode fs.FileMode
}

// A Manifest says what a workload holds, item by item. Every process of a trial
// has all of it in memory, so its items are kept in columns, in blocks of
// blockItems (manifest_block.go): about 24 bytes for each of a million made items,
// where a slice of File with its names would take three times as much, and give
// the garbage collector a million strings to look at.
type Manifest struct {
	// Dirs are the directories of a nested tree, parents first; empty for a
	// flat workload.
	Dirs []string
	// Skipped are the entries of a tree that are neither files nor directories
	// (links, sockets): they are no items, and a program that copies them
	// nevertheless has done nothing wrong.
	Skipped []string

	blocks []*block // all full but the last
	items  int
	bytes  int64
}

// NewManifest returns a manifest of a few files, in this order.
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

// Memory returns how many bytes the items take in memory.
func (m *Manifest) Memory() int64 {
	var sum int64
	for _, b := range m.blocks {
		sum += int64(len(b.names) + 4*len(b.ends) + 4*len(b.crcs) + 16*len(b.kinds))
	}
	return sum
}

// File returns one item. It allocates nothing: the name is a part of its block's text.
func (m *Manifest) File(item int) File {
	return m.blocks[item/blockItems].file(item % blockItems)
}

// Name returns the name of one item.
func (m *Manifest) Name(item int) string {
	return m.blocks[item/blockItems].name(item % blockItems)
}

// All goes through the items in order.
func (m *Manifest) All() iter.Seq2[int, File] {
	return func(yield func(int, File) bool) {
		for item := range m.items {
			if !yield(item, m.File(item)) {
				return
			}
		}
	}
}

// HideChecksums takes the checksums out of the manifest: every item's is 0 until
// putBack is called. Nobody may look at the manifest meanwhile.
func (m *Manifest) HideChecksums() (putBack func()) {
	taken := make([][]uint32, len(m.blocks))
	for i, b := range m.blocks {
		taken[i], b.crcs = b.crcs, nil
	}
	return func() {
		for i, b := range m.blocks {
			b.crcs = taken[i]
		}
	}
}
