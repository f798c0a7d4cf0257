package workload

import (
	"math"
	"math/bits"
)

// pythonRandom is text with decimals in [0,1), formatted like random. A Python program can
// generate the same bytes with its standard library:
//
//	random.seed(seed + item)
//	"\n".join(",".join(str(random.random()) for _ in range(values)) for _ in range(lines))
//
// So a contender can write these items, and the result can be verified.
type pythonRandom struct {
	seed          int64
	lines, values int
}

var _ Content = pythonRandom{}

func (c pythonRandom) Append(dst []byte, item int) ([]byte, error) {
	return c.Stream(item).Append(dst, math.MaxInt)
}

func (c pythonRandom) Stream(item int) Stream {
	source := newMersenneTwister(pythonSeed(c.seed, item))
	return &numberStream{lines: c.lines, values: c.values, next: func(dst []byte, _, _ int) []byte {
		return appendDecimal(dst, source.float64())
	}}
}

// pythonSeed returns the absolute value of seed+item, because random.seed ignores the sign of
// an integer. The sum may exceed an int64, but not a uint64.
func pythonSeed(seed int64, item int) uint64 {
	sum := uint64(seed) + uint64(item)
	if seed < 0 && int64(sum) < 0 {
		return -sum
	}
	return sum
}

// A mersenneTwister is the generator MT19937 (Matsumoto and Nishimura, "Mersenne Twister: a
// 623-dimensionally equidistributed uniform pseudorandom number generator", 1998), which is
// the generator of Python's module random.
type mersenneTwister struct {
	state [twisterSize]uint32
	next  int // index in state; twisterSize if the state must be renewed
}

const (
	twisterSize   = 624
	twisterOffset = 397
)

// newMersenneTwister returns the generator that Python's random.seed(key) sets. It is the
// function init_by_array of the reference implementation, with the 32-bit words of the key,
// the lowest first, without leading zeros.
func newMersenneTwister(key uint64) *mersenneTwister {
	words := []uint32{uint32(key), uint32(key >> 32)}
	if bits.Len64(key) <= 32 {
		words = words[:1]
	}
	m := &mersenneTwister{next: twisterSize}
	s := &m.state
	s[0] = 19650218
	for i := 1; i < twisterSize; i++ {
		s[i] = 1812433253*(s[i-1]^s[i-1]>>30) + uint32(i)
	}
	i := 1
	// advance moves to the next word of the state, except the first, which only follows the last.
	advance := func() {
		if i++; i == twisterSize {
			s[0], i = s[twisterSize-1], 1
		}
	}
	for k := range twisterSize { // longer than any key
		j := k % len(words)
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1664525) + words[j] + uint32(j)
		advance()
	}
	for range twisterSize - 1 {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1566083941) - uint32(i)
		advance()
	}
	s[0] = 1 << 31
	return m
}

// float64 returns the next number in [0,1) with 53 random bits, as Python's random.random.
func (m *mersenneTwister) float64() float64 {
	high, low := m.uint32()>>5, m.uint32()>>6
	return (float64(high)*(1<<26) + float64(low)) / (1 << 53)
}

func (m *mersenneTwister) uint32() uint32 {
	if m.next == twisterSize {
		m.renew()
	}
	y := m.state[m.next]
	m.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// renew computes the next state.
func (m *mersenneTwister) renew() {
	s := &m.state
	for i := range s {
		y := s[i]&(1<<31) | s[(i+1)%twisterSize]&(1<<31-1)
		s[i] = s[(i+twisterOffset)%twisterSize] ^ y>>1 ^ (y & 1 * 0x9908b0df)
	}
	m.next = 0
}
