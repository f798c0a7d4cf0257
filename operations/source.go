package operations

import (
	"slices"
	"time"
	"unsafe"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A source provides the content of items for write and append. Content is generated, which
// takes processor time, or read from the workload's tree.
type source struct {
	site    Site
	content workload.Content // nil for a tree
	tree    dirio.Directory  // not open if content is generated
}

// openSource opens the source of the site's workload.
func openSource(site Site) (source, error) {
	src := source{site: site}
	var err error
	if site.Workload.From != "" {
		src.tree, err = dirio.OpenTree(site.Workload.From)
	} else {
		src.content, err = workload.ContentOf(site.Workload)
	}
	return src, err
}

// load appends the block of p to p.Data if it comes from a tree, or if the generator has to begin
// at the start of an item.
func (c *source) load(s *Scratch, p *StagedItem) (err error) {
	if c.content == nil {
		return c.site.load(s, c.tree, p)
	}
	p.cut(c.site.Manifest.File(p.Item).Size, c.site.Block)
	if _, ranged := c.content.(workload.Ranged); ranged || p.isWhole() {
		return nil
	}
	if p.Offset == 0 {
		s.loading.stream = c.content.Stream(p.Item)
	}
	if s.loading.stream == nil {
		return itemError(c.site.Manifest, p.Item, errNoBlockBefore(p))
	}
	p.Data, err = s.loading.stream.Append(roomFor(p), int(p.Size))
	if err != nil || p.Last {
		s.loading.stream = nil
	}
	return err
}

// compute generates the block in the timed part of a trial, unless load has done so. It first
// sleeps for the item's delay.
func (c *source) compute(p *StagedItem) error {
	if p.Offset == 0 {
		time.Sleep(c.delay(p.Item))
	}
	return c.generate(p)
}

// delay returns the time that an item must wait for its content.
func (c *source) delay(item int) time.Duration {
	if slow, ok := c.content.(workload.Delayed); ok {
		return slow.Delay(item)
	}
	return 0
}

// generate appends the block of p to p.Data if load has not done so.
func (c *source) generate(p *StagedItem) (err error) {
	if c.content == nil {
		return nil
	}
	if p.isWhole() {
		p.Data, err = c.content.Append(p.Data, p.Item)
	} else if ranged, ok := c.content.(workload.Ranged); ok {
		p.Data, err = ranged.AppendRange(roomFor(p), p.Item, p.Offset, p.Size)
	}
	return err
}

// roomFor returns p.Data with room for a block of generated content. A number may end beyond the
// block before it is cut. Without room, the array would grow several times, and to twice the size.
func roomFor(p *StagedItem) []byte {
	const longestNumber = 32
	return slices.Grow(p.Data, int(p.Size)+longestNumber)
}

// inMemory returns the content of an item that is already in memory. The caller must not
// change it. ok is false for all other content.
func (c *source) inMemory(item int) (data []byte, ok bool) {
	if content, ok := c.content.(workload.InMemory); ok {
		return content.Bytes(item)
	}
	return nil, false
}

// Close closes the tree, if there is one.
func (c *source) Close() error {
	if c.content != nil {
		return nil
	}
	return c.tree.Close()
}

// directBlock is the alignment of direct reads, in memory and in the file. No disk in use
// has larger blocks.
const directBlock = 4096

// aligned returns a buffer of n bytes that begins at a block boundary. It reuses buf if it
// is aligned and large enough.
func aligned(buf []byte, n int) []byte {
	if cap(buf) >= n && offBlock(buf) == 0 {
		return buf[:n]
	}
	raw := make([]byte, n+directBlock)
	skip := (directBlock - offBlock(raw)) % directBlock
	return raw[skip : skip+n : skip+n]
}

// offBlock returns the distance of the buffer from the block boundary before it.
func offBlock(buf []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(buf))) % directBlock)
}
