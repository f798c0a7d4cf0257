package workload

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

// TestCombineCRC cuts content at many places and compares with the CRC of the whole.
func TestCombineCRC(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	content := make([]byte, 70_001)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	want := crc32.ChecksumIEEE(content)
	cuts := []int{0, 1, 2, 7, 8, 255, 256, 257, 4096, 65_535, 65_536, len(content) - 1, len(content)}
	for range 50 {
		cuts = append(cuts, random.IntN(len(content)))
	}
	for _, cut := range cuts {
		first, second := crc32.ChecksumIEEE(content[:cut]), crc32.ChecksumIEEE(content[cut:])
		if got := CombineCRC(first, second, int64(len(content)-cut)); got != want {
			t.Errorf("cut at %d: got %08x, want %08x", cut, got, want)
		}
	}
}

// TestCombineCRCOfManyParts combines parts one after another, and two halves that were combined
// before.
func TestCombineCRCOfManyParts(t *testing.T) {
	part := []byte("one part of the content\n")
	const parts = 64
	var all []byte
	var sum uint32
	for range parts {
		all = append(all, part...)
		sum = CombineCRC(sum, crc32.ChecksumIEEE(part), int64(len(part)))
	}
	if want := crc32.ChecksumIEEE(all); sum != want {
		t.Errorf("got %08x, want %08x", sum, want)
	}
	doubled, size := crc32.ChecksumIEEE(part), int64(len(part))
	for range 6 { // 2^6 = parts
		doubled, size = CombineCRC(doubled, doubled, size), 2*size
	}
	if doubled != sum {
		t.Errorf("halves: got %08x, want %08x", doubled, sum)
	}
}

// TestCombineCRCBeyond4GiB uses lengths of more than 32 bits: zeros before content of zeros.
func TestCombineCRCBeyond4GiB(t *testing.T) {
	zeros := func(size int64) uint32 { // by doubling
		sum, power, length := uint32(0), crc32.ChecksumIEEE([]byte{0}), int64(1)
		for ; size > 0; size >>= 1 {
			if size&1 != 0 {
				sum = CombineCRC(sum, power, length)
			}
			power, length = CombineCRC(power, power, length), 2*length
		}
		return sum
	}
	small := make([]byte, 1_000_003)
	if got, want := zeros(int64(len(small))), crc32.ChecksumIEEE(small); got != want {
		t.Fatalf("%d zeros: got %08x, want %08x", len(small), got, want)
	}
	const a, b = 3<<30 + 5, 9<<30 + 7
	if got, want := CombineCRC(zeros(a), zeros(b), b), zeros(a+b); got != want {
		t.Errorf("got %08x, want %08x", got, want)
	}
}
