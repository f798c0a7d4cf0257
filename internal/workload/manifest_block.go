package workload

import (
	"io/fs"
	"slices"
)

// blockItems is the number of items in a block of a manifest. A manifest grows by blocks of
// exactly the required memory. One long column that grows by doubling would leave the same
// amount of memory as garbage.
const blockItems = 4096

// A block contains consecutive items of a manifest, in columns.
type block struct {
	names string   // all names, concatenated
	ends  []uint32 // the end of each name in names
	crcs  []uint32 // nil while hidden: see HideChecksums
	kinds []kind   // only one if all are equal
}

// A kind contains the properties that many items share.
type kind struct {
	size int64
	mode fs.FileMode
}

// file returns the item at an index of the block.
func (b *block) file(i int) File {
	k := b.kinds[min(i, len(b.kinds)-1)]
	f := File{Name: b.name(i), Size: k.size, Mode: k.mode}
	if b.crcs != nil {
		f.CRC = b.crcs[i]
	}
	return f
}

// name returns the name of the item at an index of the block.
func (b *block) name(i int) string {
	start := uint32(0)
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.names[start:b.ends[i]]
}

// A manifestBuilder builds a manifest item by item. The zero value is ready to use.
type manifestBuilder struct {
	done  Manifest
	names []byte // names of the current block; the arrays are reused for the next block
	block block
}

// add adds an item.
func (b *manifestBuilder) add(file *File) {
	b.names = append(b.names, file.Name...)
	b.endName(file)
}

// endName adds an item whose name is already appended to names.
func (b *manifestBuilder) endName(file *File) {
	b.block.ends = append(b.block.ends, uint32(len(b.names)))
	b.block.crcs = append(b.block.crcs, file.CRC)
	b.block.kinds = append(b.block.kinds, kind{file.Size, file.Mode.Perm()})
	b.done.items++
	b.done.bytes += file.Size
	if len(b.block.ends) == blockItems {
		b.endBlock()
	}
}

// endBlock adds the current block to the manifest.
func (b *manifestBuilder) endBlock() {
	ends, crcs, kinds := b.block.ends, b.block.crcs, b.block.kinds
	different := func(k kind) bool { return k != kinds[0] }
	if !slices.ContainsFunc(kinds, different) {
		kinds = kinds[:1]
	}
	b.done.blocks = append(b.done.blocks, &block{string(b.names), slices.Clone(ends), slices.Clone(crcs), slices.Clone(kinds)})
	b.names, b.block = b.names[:0], block{ends: ends[:0], crcs: crcs[:0], kinds: kinds[:0]}
}

// manifest returns the manifest of all added items. The builder must not be used afterwards.
func (b *manifestBuilder) manifest() *Manifest {
	if len(b.block.ends) > 0 {
		b.endBlock()
	}
	done := b.done // a pointer into the builder would keep its arrays in memory
	return &done
}
