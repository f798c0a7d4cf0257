package operations

import (
	"fmt"
	"io"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// blocks is a position in a range of a file that is read block by block, normally with one call for
// each block. The last call of a file asks for one byte more than the rest. So it shows the end of
// the file without a further call, and a file that has grown.
type blocks struct {
	from  int64 // the begin of the block
	at    int64 // the end of the bytes that were read
	end   int64 // the end of the range
	size  int64 // the expected size of the file
	block int64
	unit  int64 // calls ask for multiples of this; 1 unless reads are direct
}

func (b Block) blocks(direct bool, want *workload.File, part Range) blocks {
	unit := int64(1)
	if direct {
		unit = b.unit()
	}
	return blocks{part.Offset, part.Offset, part.Offset + part.Length, want.Size, b.Of(want.Size), unit}
}

// room returns the size of the buffer for any block.
func (b *blocks) room() int64 { return roundUp(min(b.block, b.end-b.from)+1, b.unit) }

// isLast reports whether the range ends with the block.
func (b *blocks) isLast() bool { return b.end-b.from <= b.block }

// ask returns the part of the buffer that the next call fills.
func (b *blocks) ask(buf []byte) []byte {
	length := b.block
	if b.isLast() {
		if length = b.end - b.from; b.end == b.size {
			length++
		}
	}
	return buf[b.at-b.from : roundUp(length, b.unit)]
}

// add counts the bytes of a call. full reports whether the block is complete. changed reports
// whether the file has another size than expected.
func (b *blocks) add(n int64) (full, changed bool) {
	b.at += n
	// The kernel allows no direct read that begins within a unit. Only the end of a file is there.
	ended := n == 0 || n%b.unit != 0
	return b.at == b.end || b.at-b.from == b.block, b.at > b.end || ended && b.at < b.end
}

// take returns the block, which is complete, and moves on to the next one.
func (b *blocks) take(buf []byte) (data []byte, last bool) {
	data, last = buf[:b.at-b.from], b.at == b.end
	b.from = b.at
	return data, last
}

// A blockReader reads a range of an item's file block by block.
type blockReader struct {
	blocks
	in     dirio.File
	folder dirio.Folder
	name   string // the file's, in the folder
}

// openBlocks opens the file of a range in dir. The caller must close r.in.
func openBlocks(s *Scratch, dir dirio.Directory, block Block, want *workload.File, part Range) (r blockReader, err error) {
	r.blocks = block.blocks(dir.Direct, want, part)
	if r.folder, r.name, err = s.from.Enter(dir, "", want.Name); err != nil {
		return r, err
	}
	if r.in, err = dir.OpenItem(r.folder, r.name); err != nil || r.at == 0 {
		return r, err
	}
	if _, err = r.in.Seek(r.at, io.SeekStart); err != nil {
		r.in.Close()
	}
	return r, err
}

// next reads the next block into the worker's buffer. last reports whether the range ends with it.
func (r *blockReader) next(s *Scratch) (data []byte, last bool, err error) {
	buf, err := s.room(int(r.room()))
	if err != nil {
		return nil, false, err
	}
	s.buf, last, err = r.appendTo(buf)
	return s.buf, last, err
}

// appendTo appends the next block to dst. Direct reads reuse the array of dst, but not its content.
// A call that moves fewer bytes, as beyond 2 GiB, is followed by another one for the rest.
func (r *blockReader) appendTo(dst []byte) (_ []byte, last bool, err error) {
	start, room := len(dst), int(r.room())
	if r.unit > 1 {
		start, dst = 0, aligned(dst[:0], room)
	} else {
		dst = slices.Grow(dst, room)[:start+room]
	}
	for {
		n, err := r.in.Read(r.ask(dst[start:]))
		if err != nil && err != io.EOF {
			return dst[:start], false, err
		}
		switch full, changed := r.add(int64(n)); {
		case changed:
			return dst[:start], false, changedSize(r.folder, r.name, r.size, r.at)
		case full:
			data, last := r.take(dst[start:])
			return dst[:start+len(data)], last, nil
		}
	}
}

// writeTo writes the rest of the range to out, block by block.
func (r *blockReader) writeTo(s *Scratch, out dirio.File) error {
	for {
		data, last, err := r.next(s)
		if err != nil {
			return err
		}
		if _, err := out.Write(data); err != nil || last {
			return err
		}
		s.yield()
	}
}

// changedSize returns the error for a file that had size bytes, and now ends or continues after
// found bytes.
func changedSize(folder dirio.Folder, name string, size, found int64) error {
	if now, err := folder.SizeOf(name); err == nil && now != size {
		found = now
	}
	return fmt.Errorf("has %d bytes, expected %d", found, size)
}
