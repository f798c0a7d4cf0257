package workload

import (
	"encoding/binary"
	"slices"
)

// randomBytes is content that deflate cannot compress: every item is a part of one cyclic
// buffer of random bytes, which is generated in advance. Generating random bytes takes longer
// than storing them on a file system in memory. A trial that generated them would measure the
// generator.
type randomBytes struct {
	buffer []byte // bufferLength bytes, then a copy of the first overlap bytes
	size   int64
}

var (
	_ Content  = randomBytes{}
	_ InMemory = randomBytes{}
)

// bufferLength is the smallest prime above 2^20. So more than a million items start at
// different offsets. A long item repeats the buffer, whose length is not a multiple of a file
// system block. So a file system that searches for equal blocks finds none in one item. Parts
// of different items overlap, so an archiver with a window of a megabyte or more finds many
// matches.
const (
	bufferLength = 1_048_583
	overlap      = 1 << 20 // length of the copied beginning, so that items of this size are contiguous
)

// newRandomBytes generates the buffer from a seed: SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014), its numbers in little-endian order.
func newRandomBytes(seed, size int64) randomBytes {
	buffer := make([]byte, 0, bufferLength+overlap)
	for state := uint64(seed); len(buffer) < bufferLength; {
		state += 0x9e3779b97f4a7c15
		z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		buffer = binary.LittleEndian.AppendUint64(buffer, z^z>>31)
	}
	buffer = buffer[:bufferLength]
	return randomBytes{append(buffer, buffer[:overlap]...), size}
}

// offset returns the position in the buffer at which an item starts. The multiplier is 2^32
// divided by the golden ratio: it gives consecutive items distant offsets.
func (c randomBytes) offset(item int) int {
	return int(uint64(item) * 2654435761 % bufferLength)
}

func (c randomBytes) Append(dst []byte, item int) ([]byte, error) {
	dst = slices.Grow(dst, int(c.size))
	for at, remaining := c.offset(item), int(c.size); remaining > 0; {
		n := min(remaining, overlap)
		dst = append(dst, c.buffer[at:at+n]...)
		at, remaining = (at+n)%bufferLength, remaining-n
	}
	return dst, nil
}

// Bytes returns the part of the buffer that is the item's content.
func (c randomBytes) Bytes(item int) (data []byte, ok bool) {
	if c.size > overlap {
		return nil, false
	}
	at := c.offset(item)
	return c.buffer[at : at+int(c.size) : at+int(c.size)], true
}
