package operations

import (
	"archive/zip"
	"bufio"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"

	"github.com/klauspost/compress/flate"

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
	out       *bufio.Writer
	size      uint64 // of the entries so far, so the offset of the next one
	entries   uint64
	directory []byte // the central directory of the entries so far
	header    []byte // a buffer
}

// newArchive starts an archive with the directories of a tree.
func newArchive(w io.Writer, items *workload.Manifest) (*archive, error) {
	a := &archive{out: bufio.NewWriterSize(w, 1<<20)}
	for _, name := range items.Dirs {
		if err := a.write(newHeader(name+"/", fs.ModeDir|0o755), nil); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// add writes an item's entry. The data of p is deflated if it is shorter than the content,
// and stored if not: see deflate.
func (a *archive) add(file *workload.File, p *StagedItem) error {
	if p.Size != file.Size {
		return sizeError(file, p.Size)
	}
	h := newHeader(file.Name, file.Mode)
	h.CRC32, h.UncompressedSize64, h.CompressedSize64 = p.CRC, uint64(p.Size), uint64(len(p.Data))
	if h.CompressedSize64 != h.UncompressedSize64 {
		h.Method = zip.Deflate
	}
	return a.write(h, p.Data)
}

// write writes an entry and its data.
func (a *archive) write(h *zip.FileHeader, data []byte) error {
	if len(h.Name) > math.MaxUint16 {
		return fmt.Errorf("its name has %d bytes, but a zip archive has room for %d", len(h.Name), math.MaxUint16)
	}
	a.header = appendLocalHeader(a.header[:0], h)
	for _, part := range [][]byte{a.header, data} {
		if _, err := a.out.Write(part); err != nil {
			return err
		}
	}
	a.directory = appendDirectoryHeader(a.directory, h, a.size)
	a.size += uint64(len(a.header) + len(data))
	a.entries++
	return nil
}

// close writes the central directory and flushes the buffer.
func (a *archive) close() error {
	end := appendEndRecord(nil, a.entries, uint64(len(a.directory)), a.size)
	for _, part := range [][]byte{a.directory, end} {
		if _, err := a.out.Write(part); err != nil {
			return err
		}
	}
	return a.out.Flush()
}

// A deflater is a worker's compressor. It is made once, because it has tables of a
// megabyte.
type deflater struct {
	flate *flate.Writer
	out   appender
}

func newDeflater(level int) (*deflater, error) {
	d := &deflater{}
	var err error
	d.flate, err = flate.NewWriter(&d.out, level)
	return d, err
}

// Close does nothing: a compressor has no descriptor.
func (*deflater) Close() error { return nil }

// deflate replaces the content in p.Data by the data that an archive stores for it. Content
// that does not get smaller stays as it is, as in every zip program. So Data is compressed
// exactly if it is shorter than the content, and add needs only the two lengths to find the
// method. Level 0 compresses nothing.
func deflate(s *Scratch, p *StagedItem, level int) error {
	p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
	if level == 0 || len(p.Data) == 0 {
		return nil
	}
	d, err := workerState(s, func() (*deflater, error) { return newDeflater(level) })
	if err != nil {
		return err
	}
	d.out.bytes = slices.Grow(p.spare[:0], len(p.Data)/4)
	d.flate.Reset(&d.out)
	if _, err := d.flate.Write(p.Data); err != nil {
		return err
	}
	if err := d.flate.Close(); err != nil {
		return err
	}
	p.spare, d.out.bytes = d.out.bytes, nil
	if len(p.spare) < len(p.Data) {
		p.Data, p.spare = p.spare, p.Data
	}
	return nil
}

// An appender writes into memory. It grows by a quarter, because staged items keep this
// memory. A bytes.Buffer would double it.
type appender struct {
	bytes []byte
}

func (a *appender) Write(data []byte) (int, error) {
	a.bytes = append(a.bytes, data...)
	return len(data), nil
}
