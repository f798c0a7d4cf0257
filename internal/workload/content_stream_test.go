package workload

import (
	"bytes"
	"math"
	"testing"
)

// streamed contains workloads of every content, at the edges of lines, digits, signs and of the
// memory of InMemory contents.
func streamed() []Workload {
	list := []Workload{
		{Content: ContentTasks, Seed: 7},
		{Content: ContentRandom, Lines: 9, Values: 4, Seed: 3},
		{Content: ContentRandom, Lines: 1, Values: 30},
		{Content: ContentPythonRandom, Lines: 40, Values: 1},
		{Content: ContentRows, Lines: 1, Values: 1},
		{Content: ContentRows, Lines: 1, Values: 200, Seed: 95},
		{Content: ContentRows, Lines: 200, Values: 1, Seed: -105},
		{Content: ContentRows, Lines: 13, Values: 7, Seed: -12},
		{Content: ContentRows, Lines: 13, Values: 7, Seed: 999_990},
		{Content: ContentRows, Lines: 9, Values: 4, Seed: math.MaxInt64 - 7},
		{Content: ContentRows, Lines: 9, Values: 4, Seed: math.MinInt64},
	}
	for _, content := range []string{ContentBytes, ContentText} {
		for _, size := range []int64{0, 1, 11, 100, MaxPart, MaxPart + 12, bufferLength + 1, 3*MaxPart + 5} {
			list = append(list, Workload{Content: content, Size: size, Seed: 2})
		}
	}
	list = append(list, Workload{Content: ContentBytes, Size: 3000, Sigma: 2}, Workload{Content: ContentBytes, Size: 1 << 20, Sigma: 1, Seed: 3})
	for i := range list {
		list[i].Files = 4
	}
	return list
}

// blocksOf returns lengths of blocks for an item: all small ones for a small item.
func blocksOf(size int) []int {
	if size < 10_000 {
		blocks := []int{size + 1, math.MaxInt}
		for n := 1; n <= 130; n++ {
			blocks = append(blocks, n)
		}
		return blocks
	}
	return []int{MaxPart - 1, MaxPart, MaxPart + 3, 333_333, size + 1, math.MaxInt}
}

// TestStreamsEqualAppend also checks that a stream never needs room for more than it was asked for.
func TestStreamsEqualAppend(t *testing.T) {
	for _, w := range streamed() {
		c, err := ContentOf(w)
		must(t, err)
		for _, item := range []int{0, 3} {
			want := content(t, w, item)
			for _, n := range blocksOf(len(want)) {
				s, got := c.Stream(item), []byte(nil)
				room := make([]byte, min(n, len(want)+1))
				for {
					block, err := s.Append(room[:0], n)
					must(t, err)
					if len(block) > 0 && &block[0] != &room[0] {
						t.Fatalf("%+v: a block of %d bytes did not fit into as many", w, n)
					}
					got = append(got, block...)
					if len(block) < n {
						break
					}
				}
				if !bytes.Equal(got, want) {
					t.Fatalf("%+v, item %d: blocks of %d bytes differ from the item", w, item, n)
				}
				if after, err := s.Append(nil, 9); err != nil || len(after) > 0 {
					t.Errorf("%+v: a stream continues after its end with %q, %v", w, after, err)
				}
			}
		}
	}
}

func TestRangesEqualAppend(t *testing.T) {
	for _, w := range streamed() {
		c, err := ContentOf(w)
		must(t, err)
		ranged, ok := c.(Ranged)
		if random := w.Content == ContentRandom || w.Content == ContentPythonRandom; ok == random {
			t.Errorf("%s: ranged is %v", w.Content, ok)
		}
		if !ok {
			continue
		}
		want := content(t, w, 3)
		size := int64(len(want))
		check := func(offset, n int64) {
			from, to := min(offset, size), min(offset+n, size)
			got, err := ranged.AppendRange([]byte("before"), 3, offset, n)
			if err != nil || string(got) != "before"+string(want[from:to]) {
				t.Fatalf("%+v: %d bytes from %d are wrong: %.80q, %v", w, n, offset, got, err)
			}
			if memory, ok := c.(InMemory); ok {
				part, ok := memory.Part(3, offset, n)
				if ok != (to-from <= MaxPart) || ok && !bytes.Equal(part, want[from:to]) {
					t.Fatalf("%+v: the part of %d bytes from %d is wrong: %v", w, n, offset, ok)
				}
			}
		}
		for _, offset := range []int64{0, 1, 10, 11, 12, MaxPart, MaxPart + 1, bufferLength, size / 2, max(0, size-1), size, size + 1, size + 40, 1 << 60} {
			for _, n := range []int64{0, 1, 33, size, MaxPart, MaxPart + 1} {
				check(offset, n)
			}
		}
		if size < 10_000 {
			for offset := range size {
				check(offset, 1+offset%130)
			}
		}
	}
}

// TestRangesOfEndlessItems reads ranges of items that no memory could hold.
func TestRangesOfEndlessItems(t *testing.T) {
	const size = 1 << 50
	for _, w := range []Workload{
		{Content: ContentBytes, Size: size},
		{Content: ContentText, Size: size},
		{Content: ContentRows, Lines: 1_000_000_000, Values: 10_000},
		{Content: ContentRows, Lines: 1, Values: 1_000_000_000},
	} {
		c, err := ContentOf(w)
		must(t, err)
		for _, offset := range []int64{1 << 30, 1<<33 - 1} {
			all, err := c.(Ranged).AppendRange(nil, 1, offset, 5000)
			must(t, err)
			second, err := c.(Ranged).AppendRange(nil, 1, offset+1700, 5000-1700)
			must(t, err)
			if len(all) != 5000 && w.Lines != 1 || !bytes.HasSuffix(all, second) {
				t.Errorf("%+v: two ranges that begin at %d and %d differ", w, offset, offset+1700)
			}
		}
	}
}

func TestStreamsAllocateNothing(t *testing.T) {
	for _, w := range streamed() {
		c, err := ContentOf(w)
		must(t, err)
		s, room := c.Stream(1), make([]byte, 0, 40)
		if w.Content == ContentTasks {
			continue // an item is a short line
		}
		if n := testing.AllocsPerRun(100, func() {
			if _, err := s.Append(room, cap(room)); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%+v: a block allocates %v times", w, n)
		}
	}
}

func BenchmarkStreamOfRows(b *testing.B) {
	c, err := ContentOf(published)
	must(b, err)
	buf := make([]byte, 0, 64<<10)
	b.SetBytes(int64(len(content(b, published, 0))))
	b.ReportAllocs()
	for b.Loop() {
		for s := c.Stream(0); ; {
			block, err := s.Append(buf, cap(buf))
			must(b, err)
			if len(block) < cap(buf) {
				break
			}
		}
	}
}

func BenchmarkRangesOfRows(b *testing.B) {
	c, err := ContentOf(published)
	must(b, err)
	buf, size := make([]byte, 0, 64<<10), int64(len(content(b, published, 0)))
	b.SetBytes(size)
	for b.Loop() {
		for offset := int64(0); offset < size; offset += int64(cap(buf)) {
			_, err := c.(Ranged).AppendRange(buf, 0, offset, int64(cap(buf)))
			must(b, err)
		}
	}
}
