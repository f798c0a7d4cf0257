package operations

import (
	"errors"
	"fmt"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A loading is what a worker keeps between two blocks of an item that it loads: the open file,
// or the generator.
type loading struct {
	reader blockReader
	open   bool
	stream workload.Stream
	crc    uint32 // of the blocks so far, for fetch
}

// close ends the loading of an item. The file was only read: closing cannot lose anything, but an
// error shows a mistake.
func (l *loading) close() error {
	l.stream = nil
	if !l.open {
		return nil
	}
	l.open = false
	return l.reader.in.Close()
}

// load appends the block of p, of a file in dir, to p.Data.
func (site *Site) load(s *Scratch, dir dirio.Directory, p *StagedItem) error {
	size := site.Manifest.File(p.Item).Size
	p.cut(size, site.Block)
	return site.loadCut(s, dir, p, Range{p.Item, 0, size})
}

// loadRange is like load, for an item that is a range of a file. The positions of blocks are in the
// range. Direct reads reuse the array of p.Data, but not its content.
func (site *Site) loadRange(s *Scratch, dir dirio.Directory, p *StagedItem, part Range) error {
	p.cut(part.Length, site.Block)
	return site.loadCut(s, dir, p, part)
}

// loadCut appends the block of p to p.Data. It may be larger than a system call.
func (site *Site) loadCut(s *Scratch, dir dirio.Directory, p *StagedItem, part Range) error {
	data, err := s.loading.read(s, dir, site, p, part)
	p.Data = data
	return itemError(site.Manifest, part.File, err)
}

// read appends the block of p to p.Data. The file stays open until the last block.
func (l *loading) read(s *Scratch, dir dirio.Directory, site *Site, p *StagedItem, part Range) (data []byte, err error) {
	if p.Offset == 0 {
		if err := l.close(); err != nil { // an item that failed
			return p.Data, err
		}
		if l.reader, err = openBlocks(s, dir, site.Block, new(site.Manifest.File(part.File)), part); err != nil {
			return p.Data, err
		}
		l.open = true
		s.yield()
	}
	if !l.open {
		return p.Data, errNoBlockBefore(p)
	}
	var last bool
	if p.Size <= l.reader.block {
		data, last, err = l.reader.appendTo(p.Data)
	} else {
		data, last, err = l.appendParts(s, p)
	}
	s.yield()
	if err != nil || last {
		err = errors.Join(err, l.close())
	}
	return data, err
}

// appendParts appends a block that takes several system calls.
func (l *loading) appendParts(s *Scratch, p *StagedItem) (data []byte, last bool, err error) {
	block := l.reader.block
	defer func() { l.reader.block = block }()
	data = slices.Grow(p.Data, int(p.Size))
	for left := p.Size; err == nil && left > 0; {
		var part []byte
		l.reader.block = min(block, left)
		part, last, err = l.reader.next(s)
		data, left = append(data, part...), left-int64(len(part))
	}
	return data, last, err
}

func errNoBlockBefore(p *StagedItem) error {
	return fmt.Errorf("the block at %d was requested without the blocks before it", p.Offset)
}
