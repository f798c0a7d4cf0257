package workload

import "math"

// Sizes are the sizes of the items of a workload in bytes.
type Sizes struct {
	Smallest, Largest, Total int64
	Estimated                bool // from a sample of the items
}

// Limits of SizesOf. They limit the work that a hostile workload can cause.
const (
	maxSized         = 1 << 20 // items whose sizes are computed one by one
	maxSampledValues = 1 << 20 // values of an item that is generated to learn its size
	maxSizedValues   = 1e16    // values of all items
)

// sampled is the number of items in a sample.
const sampled = 4

// SizesOf returns the sizes of the items of a generated workload, without generating all of
// them. ok is false if they are unknown, for example for a tree.
func SizesOf(w Workload) (s Sizes, ok bool) {
	if w.From != "" || w.Files <= 0 {
		return Sizes{}, false
	}
	switch {
	case w.Sigma > 0:
		s.Smallest = math.MaxInt64
		sizes := lognormal{w.Size, w.Sigma, w.Seed}
		for item := range w.Files {
			if s.add(sizes.size(item)); s.Total < 0 {
				return Sizes{}, false
			}
		}
		return s, true
	case w.Content == ContentBytes || w.Content == ContentText:
		if w.Size > math.MaxInt64/int64(w.Files) {
			return Sizes{}, false
		}
		return Sizes{Smallest: w.Size, Largest: w.Size, Total: w.Size * int64(w.Files)}, true
	case w.Content == ContentRows:
		if w.Files > maxSized || float64(w.Files)*float64(w.Lines)*float64(w.Values) > maxSizedValues {
			return Sizes{}, false
		}
		c := rows{seed: w.Seed, lines: w.Lines, values: w.Values}
		s.Smallest = math.MaxInt64
		for item := range w.Files {
			s.add(c.Size(item))
		}
		return s, true
	}
	return sampledSizes(w)
}

func (s *Sizes) add(size int64) {
	s.Smallest, s.Largest, s.Total = min(s.Smallest, size), max(s.Largest, size), s.Total+size
}

// sampledSizes generates some items and estimates the total from their mean.
func sampledSizes(w Workload) (s Sizes, ok bool) {
	if w.Content != ContentTasks && float64(w.Lines)*float64(w.Values) > maxSampledValues {
		return Sizes{}, false
	}
	c, err := ContentOf(w)
	if err != nil {
		return Sizes{}, false
	}
	s.Smallest = math.MaxInt64
	n := min(sampled, w.Files)
	var item []byte
	for i := range n {
		if item, err = c.Append(item[:0], i*(w.Files-1)/max(1, n-1)); err != nil {
			return Sizes{}, false
		}
		s.add(int64(len(item)))
	}
	if n < w.Files {
		s.Total, s.Estimated = int64(float64(s.Total)/float64(n)*float64(w.Files)), true
	}
	return s, true
}

// Size returns the size of an item. Every value has one digit, and one
// more for each power of ten that it reaches. A negative value also has a sign. Each value but
// the last is followed by a comma or a newline. A value above math.MaxInt64 continues at
// math.MinInt64.
func (c rows) Size(item int) int64 {
	first := c.seed + int64(item)
	values := int64(c.lines) * int64(c.values)
	size := 2*values - 1 + c.below(minus(0, first)) // -1, ... have a sign
	if first > 0 {
		size += values - c.below(math.MaxInt64-first+1) // so have those that wrap around
	}
	for power := int64(10); ; power *= 10 {
		size += values - c.below(minus(power, first)) // from power on
		size += c.below(minus(1-power, first))        // up to -power
		if power == 1e18 {
			return size
		}
	}
}

// minus returns a-b, or the nearest number that fits.
func minus(a, b int64) int64 {
	switch d := a - b; {
	case a >= 0 && b < 0 && d < 0:
		return math.MaxInt64
	case a < 0 && b > 0 && d > 0:
		return math.MinInt64
	default:
		return d
	}
}

// below returns the number of values of an item that are less than its first value plus x.
func (c rows) below(x int64) int64 {
	lines, values := int64(c.lines), int64(c.values)
	x = min(max(0, x), lines+values)
	// The number of pairs of whole numbers from 0 whose sum is less than x.
	pairs := func(x int64) int64 {
		x = max(0, x)
		return x * (x + 1) / 2
	}
	return pairs(x) - pairs(x-lines) - pairs(x-values) + pairs(x-lines-values)
}
