package operations

// A Block is a level of the axis block_size: the largest number of bytes of a system call, or one
// of the two constants.
type Block int64

const (
	BlockAuto  Block = 0
	BlockWhole Block = -1
)

// autoBlock is the block of a larger file under BlockAuto. A buffer of the size of the file would
// be slower, because its pages are new and leave the caches of the processor.
const autoBlock = 1 << 20

// Of returns the number of bytes of a block of a file of this size. The file has more than one
// block if it is larger.
func (b Block) Of(size int64) int64 {
	switch b {
	case BlockAuto:
		return autoBlock
	case BlockWhole:
		return max(size, 1)
	}
	return int64(b)
}

// unit returns the number of bytes of which direct reads are multiples, in the file. A block is a
// multiple of the alignment that the device needs, which is a power of two. So the largest power
// of two that divides the block is a multiple of the alignment too.
func (b Block) unit() int64 {
	if b == BlockAuto || b == BlockWhole {
		return directBlock
	}
	return int64(min(b&-b, directBlock))
}
