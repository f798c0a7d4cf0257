package operations

import (
	"fmt"

	"iosweep/internal/workload"
)

// A generator generates the content of an item block by block.
type generator struct {
	content workload.Content
	stream  workload.Stream // nil before the first block that needs it
	item    int
	at      int64
	size    int64
	block   int64
}

// generator returns the generator of an item.
func (c *source) generator(want *workload.File, item int) generator {
	return generator{content: c.content, item: item, size: want.Size, block: c.site.Block.Of(want.Size)}
}

// next returns the next block, which may use buf. The caller must not change the block. last
// reports whether the item ends with it.
func (g *generator) next(buf []byte) (data []byte, last bool, err error) {
	n := min(g.block, g.size-g.at)
	memory, ok := g.content.(workload.InMemory)
	if ok {
		data, ok = memory.Part(g.item, g.at, n)
	}
	switch {
	case ok:
	case n == g.size:
		data, err = g.content.Append(buf[:0], g.item)
	default:
		if g.stream == nil {
			g.stream = g.content.Stream(g.item)
		}
		data, err = g.stream.Append(buf[:0], int(n))
	}
	if err == nil && int64(len(data)) != n {
		err = fmt.Errorf("the workload makes %d bytes, but the manifest has %d; survey the workload again", g.at+int64(len(data)), g.size)
	}
	g.at += n
	return data, g.at == g.size, err
}

// eachBlock calls do with the blocks of an item, in order, from a generator or the workload's tree.
func (c *source) eachBlock(s *Scratch, want *workload.File, item int, do func(data []byte) error) error {
	var next func() (data []byte, last bool, err error)
	if c.content == nil {
		r, err := openBlocks(s, c.tree, c.site.Block, want, Range{item, 0, want.Size})
		if err != nil {
			return err
		}
		defer r.in.Close() // it was only read: closing cannot lose anything
		next = func() ([]byte, bool, error) { return r.next(s) }
	} else {
		g := c.generator(want, item)
		buf, err := s.room(int(g.block))
		if err != nil {
			return err
		}
		next = func() ([]byte, bool, error) { return g.next(buf) }
	}
	for {
		data, last, err := next()
		if err != nil {
			return err
		}
		if err := do(data); err != nil || last {
			return err
		}
	}
}
