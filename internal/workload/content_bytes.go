package workload

import (
	"encoding/binary"
	"math"
)

// randomBytes is content that deflate cannot compress: every item is a part of one cyclic
// buffer of random bytes, which is generated in advance. Generating random bytes takes longer
// than storing them on a file system in memory. A trial that generated them would measure the
// generator.
type randomBytes struct {
	buffer []byte    // bufferLength bytes, then a copy of the first overlap bytes
	sizes  lognormal // all are the median if sigma is 0
}

var (
	_ Content  = (*randomBytes)(nil)
	_ Ranged   = (*randomBytes)(nil)
	_ InMemory = (*randomBytes)(nil)
)

// bufferLength is the smallest prime above 2^20. So more than a million items start at
// different offsets. A long item repeats the buffer, whose length is not a multiple of a file
// system block. So a file system that searches for equal blocks finds none in one item. Parts
// of different items overlap, so an archiver with a window of a megabyte or more finds many
// matches.
const (
	bufferLength = 1_048_583
	overlap      = MaxPart // length of the copied beginning
)

// newRandomBytes generates the buffer from a seed: SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014), its numbers in little-endian order.
func newRandomBytes(seed int64, sizes lognormal) *randomBytes {
	buffer := make([]byte, 0, bufferLength+overlap)
	for state := uint64(seed); len(buffer) < bufferLength; {
		state += 0x9e3779b97f4a7c15
		z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		buffer = binary.LittleEndian.AppendUint64(buffer, z^z>>31)
	}
	buffer = buffer[:bufferLength]
	return &randomBytes{append(buffer, buffer[:overlap]...), sizes}
}

// start returns the position in the buffer at which an item starts. The multiplier is 2^32
// divided by the golden ratio: it gives consecutive items distant positions.
func (c *randomBytes) start(item int) int64 {
	return int64(uint64(item) * 2654435761 % bufferLength)
}

func (c *randomBytes) Size(item int) int64 { return c.sizes.size(item) }

func (c *randomBytes) Append(dst []byte, item int) ([]byte, error) {
	return c.AppendRange(dst, item, 0, math.MaxInt64)
}

func (c *randomBytes) Stream(item int) Stream { return &rangeStream{content: c, item: item} }

func (c *randomBytes) AppendRange(dst []byte, item int, offset, n int64) ([]byte, error) {
	return appendParts(dst, c, item, offset, partLength(c.Size(item), offset, n)), nil
}

// Bytes returns the part of the buffer that is the item's content.
func (c *randomBytes) Bytes(item int) (data []byte, ok bool) {
	size := c.Size(item)
	return c.part(item, size, 0, size)
}

func (c *randomBytes) Part(item int, offset, n int64) (data []byte, ok bool) {
	return c.part(item, c.Size(item), offset, n)
}

// part is Part for an item of a known size. Bytes computes the size once, because a random
// size takes time.
func (c *randomBytes) part(item int, size, offset, n int64) (data []byte, ok bool) {
	if n = partLength(size, offset, n); n > MaxPart {
		return nil, false
	}
	at := (c.start(item) + offset%bufferLength) % bufferLength
	return c.buffer[at : at+n : at+n], true
}
