package operations

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"iosweep/internal/workload"
)

// ArchiveName is the name of the one file that zip makes and unzip unpacks.
const ArchiveName = "archive.zip"

// archiveLevel is the compression level of the archives that Prepare makes. It is the
// default of the program zip.
const archiveLevel = 6

// An archive is a zip file that is being written. Its entries are already compressed, so
// that the processor's work is done in the workers.
type archive struct {
	file      io.Writer // an io.WriterAt too if entries have several blocks
	out       *bufio.Writer
	method    uint16 // of entries of several blocks
	size      uint64 // of the entries so far, so the offset of the next one
	entries   uint64
	directory []byte // the central directory of the entries so far
	header    []byte // a buffer

	open *openEntry // the entry whose blocks are being written
}

// An openEntry is the entry of an item of several blocks, of which some are not written yet.
type openEntry struct {
	*zip.FileHeader
	offset uint64 // of the local header
	large  bool   // the local header has a zip64 field
}

// newArchive starts an archive of a compression level with the directories of a tree.
func newArchive(w io.Writer, items *workload.Manifest, level int, block Block) (*archive, error) {
	a := &archive{file: w, method: zip.Deflate}
	if level == 0 {
		a.method = zip.Store
	}
	largest := block.Of(autoBlock)
	a.out = bufio.NewWriterSize(blockWriter{w, int(block.Of(math.MaxInt))}, int(min(largest, autoBlock)))
	for _, name := range items.Dirs {
		if err := a.write(newHeader(name+"/", fs.ModeDir|0o755), nil); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// add writes the entry of an item, or a block of it. All blocks of an entry are added one after
// another.
func (a *archive) add(file *workload.File, p *StagedItem) error {
	if !p.isWhole() {
		return a.addBlock(file, p)
	}
	if a.open != nil {
		return fmt.Errorf("its entry begins within the entry %q", a.open.Name)
	}
	if p.Size != file.Size {
		return sizeError(file, p.Size)
	}
	// Data is deflated if it is shorter than the content, and stored if not: see deflate.
	h := newHeader(file.Name, file.Mode)
	h.CRC32, h.UncompressedSize64, h.CompressedSize64 = p.CRC, uint64(p.Size), uint64(len(p.Data))
	if h.CompressedSize64 != h.UncompressedSize64 {
		h.Method = zip.Deflate
	}
	return a.write(h, p.Data)
}

// write writes an entry and its data.
func (a *archive) write(h *zip.FileHeader, data []byte) error {
	a.header = appendLocalHeader(a.header[:0], h)
	offset := a.size
	if err := a.put(h, a.header, data); err != nil {
		return err
	}
	a.list(h, offset)
	return nil
}

// put writes the parts of an entry.
func (a *archive) put(h *zip.FileHeader, parts ...[]byte) error {
	if len(h.Name) > math.MaxUint16 {
		return fmt.Errorf("its name has %d bytes, but a zip archive has room for %d", len(h.Name), math.MaxUint16)
	}
	for _, part := range parts {
		if _, err := a.out.Write(part); err != nil {
			return err
		}
		a.size += uint64(len(part))
	}
	return nil
}

// list adds a complete entry to the central directory.
func (a *archive) list(h *zip.FileHeader, offset uint64) {
	a.directory = appendDirectoryHeader(a.directory, h, offset)
	a.entries++
}

// addBlock writes a block of an entry. The sizes in its local header are known only after the last
// block, so the header is written twice. Rejected: a data descriptor after the data. Programs that
// read an archive from front to back cannot skip such an entry if it is stored.
func (a *archive) addBlock(file *workload.File, p *StagedItem) error {
	if p.Offset == 0 {
		if err := a.begin(file); err != nil {
			return err
		}
	}
	e := a.open
	if e == nil || e.Name != file.Name || e.UncompressedSize64 != uint64(p.Offset) {
		return fmt.Errorf("the block at %d does not follow the block before it in the archive", p.Offset)
	}
	if err := a.put(e.FileHeader, p.Data); err != nil {
		return err
	}
	e.CRC32 = workload.CombineCRC(e.CRC32, p.CRC, p.Size)
	e.UncompressedSize64 += uint64(p.Size)
	e.CompressedSize64 += uint64(len(p.Data))
	if !p.Last {
		return nil
	}
	a.open = nil
	if e.UncompressedSize64 != uint64(file.Size) {
		return sizeError(file, int64(e.UncompressedSize64))
	}
	return a.end(e)
}

// begin writes the local header of an entry of several blocks, without sizes. Whether it has a
// zip64 field is decided now, because the field takes space. Deflate stores blocks that do not get
// smaller, which makes them larger by less than a thousandth.
func (a *archive) begin(file *workload.File) error {
	if a.open != nil {
		return fmt.Errorf("its entry begins within the entry %q", a.open.Name)
	}
	e := &openEntry{newHeader(file.Name, file.Mode), a.size, false}
	e.Method = a.method
	most := uint64(file.Size)
	if e.Method == zip.Deflate {
		most += most>>10 + 1<<16
	}
	e.large = most >= math.MaxUint32
	a.open = e
	return a.put(e.FileHeader, appendLocalHeaderOf(nil, e.FileHeader, e.large))
}

// end writes the local header of an entry again, with the sizes.
func (a *archive) end(e *openEntry) error {
	file, ok := a.file.(io.WriterAt)
	if !ok {
		return errors.New("an archive of items of several blocks must be a file")
	}
	if err := a.out.Flush(); err != nil {
		return err
	}
	a.list(e.FileHeader, e.offset)
	_, err := file.WriteAt(appendLocalHeaderOf(nil, e.FileHeader, e.large), int64(e.offset))
	return err
}

// close writes the central directory and flushes the buffer.
func (a *archive) close() error {
	if a.open != nil {
		return fmt.Errorf("the entry %q has no end", a.open.Name)
	}
	end := appendEndRecord(nil, a.entries, uint64(len(a.directory)), a.size)
	for _, part := range [][]byte{a.directory, end} {
		if _, err := a.out.Write(part); err != nil {
			return err
		}
	}
	return a.out.Flush()
}

// A blockWriter writes at most one block with each call.
type blockWriter struct {
	out   io.Writer
	block int
}

func (w blockWriter) Write(p []byte) (written int, err error) {
	for part := range slices.Chunk(p, w.block) {
		n, err := w.out.Write(part)
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}
