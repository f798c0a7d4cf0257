package operations

import (
	"archive/zip"
	"bufio"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// ArchiveName is the one file that zip makes and that unzip takes apart.
const ArchiveName = "archive.zip"

// archiveLevel is the compression of the archives that Prepare makes: zip's own
// default.
const archiveLevel = 6

// An archive is a zip file being written. Entries come to it compressed, so
// that the processors' work is done before and elsewhere.
type archive struct {
	buf *bufio.Writer
	zip *zip.Writer
}

// newArchive begins an archive with the directories of a tree.
func newArchive(w io.Writer, dirs []string) (*archive, error) {
	buf := bufio.NewWriterSize(w, 1<<20)
	a := &archive{buf: buf, zip: zip.NewWriter(buf)}
	for _, name := range dirs {
		if _, err := a.zip.CreateRaw(entryHeader(name+"/", 0o755)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// add writes an item's entry. Data of the parcel is stored if it is as long as
// the content, else it is deflated: see deflate.
func (a *archive) add(file *File, p *Parcel) error {
	header := entryHeader(file.Name, file.Mode)
	header.CRC32 = p.CRC
	header.UncompressedSize64 = uint64(p.Size)
	header.CompressedSize64 = uint64(len(p.Data))
	if header.CompressedSize64 != header.UncompressedSize64 {
		header.Method = zip.Deflate
	}
	if p.Size >= math.MaxUint32 {
		header.Flags |= 0x8 // the local header has no room for the size; a descriptor follows the data
	}
	w, err := a.zip.CreateRaw(header)
	if err != nil {
		return err
	}
	_, err = w.Write(p.Data)
	return err
}

// close writes the central directory and all that is buffered.
func (a *archive) close() error {
	if err := a.zip.Close(); err != nil {
		return err
	}
	return a.buf.Flush()
}

// entryHeader is an entry without its sizes. Every entry has the oldest date
// that the format knows, so that equal items make equal entries at any time.
func entryHeader(name string, mode fs.FileMode) *zip.FileHeader {
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	//lint:ignore SA1019 a raw entry is written with this field, not with Modified
	header.ModifiedDate = 1<<5 | 1 // 1 January 1980
	header.SetMode(mode)
	if utf8.ValidString(name) {
		header.Flags |= 0x800 // the name is UTF-8; without it readers guess
	}
	return header
}

// A deflater is a worker's compressor, made once: it has tables of a megabyte.
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

// Close does nothing: a compressor holds no descriptor.
func (*deflater) Close() error { return nil }

// deflate turns the content in p.Data into what an archive stores of it. What
// does not get smaller stays as it is, as every zip program has it; so data is
// compressed if, and only if, it is shorter than the content, and a parcel
// needs to say no more than the two lengths. Level 0 compresses nothing.
func deflate(s *Scratch, p *Parcel, level int) error {
	p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
	if level == 0 || len(p.Data) == 0 {
		return nil
	}
	d, err := kept(s, func() (*deflater, error) { return newDeflater(level) })
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

// An appender is a writer into memory.
type appender struct {
	bytes []byte
}

func (a *appender) Write(data []byte) (int, error) {
	a.bytes = append(a.bytes, data...)
	return len(data), nil
}
