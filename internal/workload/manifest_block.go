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
	sizes []int64  // nil where all are equal
	modes []uint16 // likewise
	crcs  []uint32 // nil where nobody is to know them: see TakeChecksums
	size  int64    // of every item, where sizes is nil
	mode  uint16   // likewise
}

// file is the item at a place in the block.
func (b *block) file(i int) File {
	f := File{Name: b.name(i), Size: b.size, Mode: fs.FileMode(b.mode)}
	if b.sizes != nil {
		f.Size = b.sizes[i]
	}
	if b.modes != nil {
		f.Mode = fs.FileMode(b.modes[i])
	}
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
	done Manifest

	// The block that is being filled; the arrays are used again for the next.
	names []byte
	ends  []uint32
	sizes []int64
	modes []uint16
	crcs  []uint32
}

// add adds an item.
func (b *manifestBuilder) add(file *File) {
	b.names = append(b.names, file.Name...)
	b.endName(file)
}

// endName adds an item whose name has been appended to names already.
func (b *manifestBuilder) endName(file *File) {
	b.ends = append(b.ends, uint32(len(b.names)))
	b.sizes = append(b.sizes, file.Size)
	b.modes = append(b.modes, uint16(file.Mode.Perm()))
	b.crcs = append(b.crcs, file.CRC)
	b.done.items++
	b.done.bytes += file.Size
	if len(b.ends) == blockItems {
		b.endBlock()
	}
}

// endBlock adds the block to the manifest.
func (b *manifestBuilder) endBlock() {
	done := &block{
		names: string(b.names), ends: slices.Clone(b.ends), crcs: slices.Clone(b.crcs),
		size: b.sizes[0], mode: b.modes[0],
	}
	if !allEqual(b.sizes) {
		done.sizes = slices.Clone(b.sizes)
	}
	if !allEqual(b.modes) {
		done.modes = slices.Clone(b.modes)
	}
	b.done.blocks = append(b.done.blocks, done)
	b.names, b.ends, b.sizes, b.modes, b.crcs = b.names[:0], b.ends[:0], b.sizes[:0], b.modes[:0], b.crcs[:0]
}

// manifest is the manifest of all items added. It ends the builder's work.
func (b *manifestBuilder) manifest() *Manifest {
	if len(b.ends) > 0 {
		b.endBlock()
	}
	done := b.done // a pointer into the builder would keep its arrays
	return &done
}

func allEqual[T comparable](list []T) bool {
	for _, v := range list {
		if v != list[0] {
			return false
		}
	}
	return true
}
