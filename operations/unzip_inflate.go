package operations

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"
)

// An unzipWorker is what a worker of unzip keeps between entries and blocks.
type unzipWorker struct {
	flate io.ReadCloser // the decompressor, made once
	small bytes.Reader  // the stored bytes of a small entry

	// The rest is about the large entry that is being unpacked.
	large   *bufio.Reader // reads the stored bytes
	content io.Reader     // nil if no block is left
	next    int64         // the offset of the next block
	crc     uint32        // of the blocks so far
}

func newUnzipWorker() (*unzipWorker, error) {
	w := &unzipWorker{}
	w.flate = flate.NewReader(&w.small)
	return w, nil
}

// Close closes the decompressor, which has no descriptor.
func (w *unzipWorker) Close() error { return w.flate.Close() }

// reset makes the decompressor read from the start of an entry.
func (w *unzipWorker) reset(stored flate.Reader) error {
	return w.flate.(flate.Resetter).Reset(stored, nil)
}

// unpack fills p.Data with the block of p. Its size is known from the manifest, so a hostile entry
// takes no more memory. With the last block it checks the size and the checksum.
func (w *unzipWorker) unpack(archive io.ReaderAt, entry *zip.File, p *StagedItem, block int) error {
	if p.Offset == 0 {
		if err := w.begin(archive, entry, block); err != nil {
			return err
		}
	}
	if w.content == nil || w.next != p.Offset {
		return errNoBlockBefore(p)
	}
	content := w.content
	w.content = nil // unless this block succeeds and is not the last one
	p.Data = slices.Grow(p.Data[:0], int(p.Size))[:p.Size]
	n, err := io.ReadFull(content, p.Data)
	w.next += int64(n)
	if err != nil {
		return fmt.Errorf("unpacks to %d bytes, expected %d: %w", w.next, entry.UncompressedSize64, unexpectedEnd(err))
	}
	w.crc = crc32.Update(w.crc, crc32.IEEETable, p.Data)
	if !p.Last {
		w.content = content
		return nil
	}
	switch n, err := io.ReadFull(content, make([]byte, 1)); {
	case n > 0:
		return fmt.Errorf("unpacks to more than the expected %d bytes", w.next)
	case err != io.EOF:
		return err
	case w.crc != entry.CRC32:
		return contentError(w.crc, entry.CRC32)
	}
	return nil
}

// begin starts to unpack an entry.
func (w *unzipWorker) begin(archive io.ReaderAt, entry *zip.File, block int) error {
	offset, err := entry.DataOffset()
	if err != nil {
		return err
	}
	w.next, w.crc = 0, 0
	stored := io.NewSectionReader(archive, offset, int64(entry.CompressedSize64))
	switch entry.Method {
	case zip.Store:
		w.content = stored
	case zip.Deflate:
		if w.large == nil {
			w.large = bufio.NewReaderSize(nil, min(block, autoBlock))
		}
		w.large.Reset(stored)
		err = w.reset(w.large)
		w.content = w.flate
	default:
		err = methodError(entry)
	}
	return err
}

// inflate replaces p.Data by its decompressed content, which must have exactly size bytes.
// The buffer has one byte more, to notice an entry that is too long.
func inflate(s *Scratch, p *StagedItem, size int) error {
	w, err := workerState(s, newUnzipWorker)
	if err != nil {
		return err
	}
	w.small.Reset(p.Data)
	if err := w.reset(&w.small); err != nil {
		return err
	}
	content := slices.Grow(s.spare[:0], size+1)[:size+1]
	n, err := io.ReadFull(w.flate, content)
	s.spare = content
	switch {
	case err == nil:
		return fmt.Errorf("unpacks to more than the expected %d bytes", size)
	case n != size:
		return fmt.Errorf("unpacks to %d bytes, expected %d: %w", n, size, err)
	case !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF:
		return err
	}
	p.Data, s.spare = content[:size], p.Data
	return nil
}
