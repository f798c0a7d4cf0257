package workload

import (
	"io/fs"
	"slices"
)

// blockItems is how many items a block of a manifest has. A manifest grows by
// blocks, each made with exactly the memory that it needs: one long column that
// grows by doubling would leave as much garbage again behind.
const blockItems = 4096

// A block is some consecutive items of a manifest, in columns.
type block struct {
	names string   // one behind the other
	ends  []uint32 // of each name
	crcs  []uint32 // nil where nobody is to know them: see HideChecksums
	kinds []kind   // one alone where all are equal
}

// A kind is what many items of a workload have in common.
type kind struct {
	size int64
	mode fs.FileMode
}

// file is the item at a place in the block.
func (b *block) file(i int) File {
	k := b.kinds[min(i, len(b.kinds)-1)]
	f := File{Name: b.name(i), Size: k.size, Mode: k.mode}
	if b.crcs != nil {
		f.CRC = b.crcs[i]
	}
	return f
}

// name is the name of the item at a place in the block.
func (b *block) name(i int) string {
	start := uint32(0)
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.names[start:b.ends[i]]
}

// A manifestBuilder makes a manifest, item by item. The zero value is ready.
type manifestBuilder struct {
	done  Manifest
	names []byte // of the block that is being filled, as all below; the arrays are used again for the next
	block block
}

// add adds an item.
func (b *manifestBuilder) add(file *File) {
	b.names = append(b.names, file.Name...)
	b.endName(file)
}

// endName adds an item whose name has been appended to names already.
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

// endBlock adds the block to the manifest.
func (b *manifestBuilder) endBlock() {
	ends, crcs, kinds := b.block.ends, b.block.crcs, b.block.kinds
	different := func(k kind) bool { return k != kinds[0] }
	if !slices.ContainsFunc(kinds, different) {
		kinds = kinds[:1]
	}
	b.done.blocks = append(b.done.blocks, &block{string(b.names), slices.Clone(ends), slices.Clone(crcs), slices.Clone(kinds)})
	b.names, b.block = b.names[:0], block{ends: ends[:0], crcs: crcs[:0], kinds: kinds[:0]}
}

// manifest is the manifest of all items added. It ends the builder's work.
func (b *manifestBuilder) manifest() *Manifest {
	if len(b.block.ends) > 0 {
		b.endBlock()
	}
	done := b.done // a pointer into the builder would keep its arrays
	return &done
}
