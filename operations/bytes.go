package operations

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// noise is bytes that no compressor makes smaller: the output of a generator
// whose state is the seed and the item.
type noise struct {
	seed, size int64
}

var _ Content = noise{}

func (c noise) Append(dst []byte, item int) ([]byte, error) {
	source := rand.NewPCG(uint64(c.seed), uint64(item))
	start := len(dst)
	end := start + int(c.size)
	dst = slices.Grow(dst, int(c.size))[:end]
	at := start
	for ; end-at >= 8; at += 8 {
		binary.LittleEndian.PutUint64(dst[at:], source.Uint64())
	}
	for last := source.Uint64(); at < end; at++ {
		dst[at] = byte(last)
		last >>= 8
	}
	return dst, nil
}
