package operations

import (
	"errors"
	"io"
	"slices"
	"time"
	"unsafe"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A source is where write and append have the content of items from: it is
// made, which is work for the processor, or read from the workload's tree.
type source struct {
	site Site
	made workload.Content // nil for a tree
	tree dirio.Directory  // not open where content is made
}

// openSource opens what the site's workload says.
func openSource(site Site) (source, error) {
	src := source{site: site}
	var err error
	if site.Workload.From != "" {
		src.tree, err = dirio.OpenTree(site.Workload.From)
	} else {
		src.made, err = workload.ContentOf(site.Workload)
	}
	return src, err
}

// load appends the content to p.Data where it comes from a tree.
func (c *source) load(s *Scratch, p *StagedItem) error {
	if c.made != nil {
		return nil
	}
	return c.site.load(s, c.tree, p)
}

// compute is the timed way to content that is made: it waits for content that
// has to be waited for, and then makes it.
func (c *source) compute(p *StagedItem) error {
	time.Sleep(c.delay(p.Item))
	return c.make(p)
}

// delay is how long the content of an item has to be waited for.
func (c *source) delay(item int) time.Duration {
	if slow, ok := c.made.(workload.Delayed); ok {
		return slow.Delay(item)
	}
	return 0
}

// make appends the content to p.Data where it is made.
func (c *source) make(p *StagedItem) (err error) {
	if c.made == nil {
		return nil
	}
	p.Data, err = c.made.Append(p.Data, p.Item)
	return err
}

// recorded is the content of an item that lies in memory already, not to be
// changed; not ok for all other content.
func (c *source) recorded(item int) (data []byte, ok bool) {
	if made, is := c.made.(workload.InMemory); is {
		return made.Bytes(item)
	}
	return nil, false
}

// Close closes the tree, if there is one.
func (c *source) Close() error {
	if c.made != nil {
		return nil
	}
	return c.tree.Close()
}

// load appends the content of the parcel's item, a file in dir, to p.Data.
func (site *Site) load(s *Scratch, dir dirio.Directory, p *StagedItem) (err error) {
	p.Data, err = load(s, dir, new(site.Manifest.File(p.Item)), p.Data)
	return itemError(site.Manifest, p.Item, err)
}

// load appends the content of an item's file in dir to dst. Between its system
// calls other tasks of an event loop may run.
func load(s *Scratch, dir dirio.Directory, want *workload.File, dst []byte) ([]byte, error) {
	here, name, err := s.from.Enter(dir, "", want.Name)
	if err != nil {
		return dst, err
	}
	in, err := dir.OpenItem(here, name)
	if err != nil {
		return dst, err
	}
	s.yield()
	if dir.Direct {
		dst, err = readDirect(in, want, dst)
	} else {
		dst, err = readExactly(in, want, dst)
	}
	s.yield()
	return dst, errors.Join(err, in.Close())
}

// readExactly appends the rest of in to dst. It asks for one byte more than the
// file should have: a file that has grown shows itself, and one that has not
// needs no further call to find its end.
func readExactly(in dirio.File, want *workload.File, dst []byte) ([]byte, error) {
	start, size := len(dst), int(want.Size)
	dst = slices.Grow(dst, size+1)[:start+size+1]
	n := 0
	for n <= size {
		m, err := in.Read(dst[start+n:])
		n += m
		if n == size || err == io.EOF {
			break
		}
		if err != nil {
			return dst[:start], err
		}
	}
	if n != size {
		return dst[:start], sizeError(want, int64(n))
	}
	return dst[:start+size], nil
}

// directBlock is what direct reads are aligned to, in memory and in the file.
// Disks with larger blocks than this are not in use.
const directBlock = 4096

// aligned is a buffer of n bytes that begins at a block boundary: buf again, if
// it is one that is large enough.
func aligned(buf []byte, n int) []byte {
	if cap(buf) >= n && offBlock(buf) == 0 {
		return buf[:n]
	}
	raw := make([]byte, n+directBlock)
	skip := (directBlock - offBlock(raw)) % directBlock
	return raw[skip : skip+n : skip+n]
}

// offBlock is how far beyond a block boundary the buffer's array begins.
func offBlock(buf []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(buf))) % directBlock)
}

// readDirect reads a whole file that was opened past the page cache; it uses dst's
// array if it can, and none of its content. Every read asks for whole blocks,
// and one that ends within a block has met the end of the file: after it, no
// further read would be allowed.
func readDirect(in dirio.File, want *workload.File, dst []byte) ([]byte, error) {
	size := int(want.Size)
	dst = aligned(dst[:0], (size/directBlock+1)*directBlock)
	n := 0
	for n <= size {
		m, err := in.Read(dst[n:])
		n += m
		if err == io.EOF || err == nil && m%directBlock != 0 {
			break
		}
		if err != nil {
			return dst[:0], err
		}
	}
	if n != size {
		return dst[:0], sizeError(want, int64(n))
	}
	return dst[:size], nil
}
