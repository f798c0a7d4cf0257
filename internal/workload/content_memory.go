package workload

import "slices"

// An InMemory is a Content that keeps its bytes in memory, so code that only stores an item
// need not copy it first.
type InMemory interface {
	// Bytes returns the content of one item, which the caller must not modify. ok is false if
	// the item is not one contiguous part of memory.
	Bytes(item int) (data []byte, ok bool)
	// Part is Bytes for a part of an item: n bytes that begin at an offset, or fewer at the end of
	// the item. It is always ok if n is at most MaxPart.
	Part(item int, offset, n int64) (data []byte, ok bool)
}

// MaxPart is the length up to which an InMemory content has every part of its items in memory.
const MaxPart = 1 << 20

// appendParts appends n bytes of an item, which begin at an offset.
func appendParts(dst []byte, c InMemory, item int, offset, n int64) []byte {
	dst = slices.Grow(dst, int(n))
	for end := offset + n; offset < end; {
		part, _ := c.Part(item, offset, min(end-offset, MaxPart))
		dst = append(dst, part...)
		offset += int64(len(part))
	}
	return dst
}

// partLength returns the number of bytes of an item of a size, at most n, that are left after an
// offset.
func partLength(size, offset, n int64) int64 { return max(0, min(n, size-offset)) }
