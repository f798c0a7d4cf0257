package workload

import (
	"encoding/binary"
	"slices"
)

// noise is bytes that deflate does not make smaller: every item is a stretch of
// one tape, which is recorded beforehand and begins anew where it ends. Making
// noise takes longer than a file system in memory takes to store it; a write
// that had to make its noise would measure the generator.
type noise struct {
	tape []byte // twice its beginning: see stretch
	size int64
}

var (
	_ Content  = noise{}
	_ InMemory = noise{}
)

// The tape's length is the smallest prime above 2^20. So more than a million
// items begin at places of their own, and where a long item comes to the same
// place of the tape again, it is not at the same place within a block: a file
// system that looks for equal blocks finds none in one item. Stretches of different
// items overlap, so an archiver that looks back a megabyte and more finds much.
const (
	tapeLength = 1_048_583
	stretch    = 1 << 20 // what is recorded of the beginning behind the end, so that items of this size are in one piece
)

// newNoise records the tape of a seed: SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014), its numbers in little-endian
// order.
func newNoise(seed, size int64) noise {
	tape := make([]byte, 0, tapeLength+stretch)
	for state := uint64(seed); len(tape) < tapeLength; {
		state += 0x9e3779b97f4a7c15
		z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		tape = binary.LittleEndian.AppendUint64(tape, z^z>>31)
	}
	tape = tape[:tapeLength]
	return noise{append(tape, tape[:stretch]...), size}
}

// place is where on the tape an item begins. The multiplier is 2^32 over the
// golden ratio: it takes consecutive items far from each other.
func (c noise) place(item int) int {
	return int(uint64(item) * 2654435761 % tapeLength)
}

func (c noise) Append(dst []byte, item int) ([]byte, error) {
	dst = slices.Grow(dst, int(c.size))
	for at, left := c.place(item), int(c.size); left > 0; {
		n := min(left, stretch)
		dst = append(dst, c.tape[at:at+n]...)
		at, left = (at+n)%tapeLength, left-n
	}
	return dst, nil
}

// Bytes is an item where it lies on the tape.
func (c noise) Bytes(item int) (data []byte, ok bool) {
	if c.size > stretch {
		return nil, false
	}
	at := c.place(item)
	return c.tape[at : at+int(c.size) : at+int(c.size)], true
}
