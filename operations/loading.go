package operations

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A loading is what a worker keeps between two blocks of an item that it loads: the open file,
// or the generator.
type loading struct {
	file   dirio.File
	open   bool
	stream stream
}

// A stream generates the content of an item from its beginning to its end.
type stream interface {
	// Append appends the next n bytes of the item to dst, or fewer at the end of the item.
	Append(dst []byte, n int) ([]byte, error)
}

// close ends the loading of an item. The file was only read: closing cannot lose anything, but an
// error shows a mistake.
func (l *loading) close() error {
	l.stream = nil
	if !l.open {
		return nil
	}
	l.open = false
	return l.file.Close()
}

// load appends the block of p, of a file in dir, to p.Data.
func (site *Site) load(s *Scratch, dir dirio.Directory, p *StagedItem) (err error) {
	file := new(site.Manifest.File(p.Item))
	p.cut(file.Size, site.Block)
	if p.isWhole() {
		p.Data, err = load(s, dir, file, p.Data)
	} else {
		p.Data, err = s.loading.read(s, dir, file, p, int(site.Block.Of(file.Size)))
	}
	return itemError(site.Manifest, p.Item, err)
}

// read appends the block of p to p.Data. The file stays open until the last block.
func (l *loading) read(s *Scratch, dir dirio.Directory, file *workload.File, p *StagedItem, block int) ([]byte, error) {
	if p.Offset == 0 {
		if err := l.openFile(s, dir, file); err != nil {
			return p.Data, err
		}
	}
	if !l.open {
		return p.Data, errNoBlockBefore(p)
	}
	data, err := readBlock(l.file, dir.Direct, file, p, block)
	s.yield()
	if err != nil || p.Last {
		err = errors.Join(err, l.close())
	}
	return data, err
}

func errNoBlockBefore(p *StagedItem) error {
	return fmt.Errorf("the block at %d was requested without the blocks before it", p.Offset)
}

func (l *loading) openFile(s *Scratch, dir dirio.Directory, file *workload.File) error {
	if err := l.close(); err != nil { // an item that failed
		return err
	}
	folder, name, err := s.from.Enter(dir, "", file.Name)
	if err != nil {
		return err
	}
	if l.file, err = dir.OpenItem(folder, name); err != nil {
		return err
	}
	l.open = true
	s.yield()
	return nil
}

// readBlock appends the block of p, which begins at the position of in, to p.Data. No read is
// larger than a block. After the last block it reads on, to notice a file that has grown. Direct
// reads reuse the array of p.Data, but not its content.
func readBlock(in dirio.File, direct bool, want *workload.File, p *StagedItem, block int) ([]byte, error) {
	start, size := len(p.Data), int(p.Size)
	room := size
	if p.Last {
		room++
	}
	dst := p.Data
	if direct {
		start = 0
		if p.Last {
			room = int(roundUp(int64(room), int64(min(block&-block, directBlock))))
		}
		dst = aligned(dst[:0], room)
	} else {
		dst = slices.Grow(dst, room)[:start+room]
	}
	n := 0
	for n < room {
		m, err := in.Read(dst[start+n : start+min(n+block, room)])
		n += m
		// A direct read that ends within a sector has reached the end of the file. The kernel allows
		// no read after it.
		if err == io.EOF || n > size || n == size && n%block != 0 || direct && m%512 != 0 {
			break
		}
		if err != nil {
			return dst[:start], err
		}
	}
	if n != size {
		return dst[:start], sizeError(want, p.Offset+int64(n))
	}
	return dst[:start+size], nil
}
