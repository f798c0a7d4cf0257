package operations

import (
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

// ArchiveName is the one file that zip makes and that unzip takes apart.
const ArchiveName = "archive.zip"

// archiveLevel is the compression of the archives that Prepare makes: zip's own
// default.
const archiveLevel = 6

// An archive is a zip file being written. Entries come to it compressed, so
// that the processors' work is done before and elsewhere. What the central
// directory will need of each is 8 bytes, or 12 where they come out of order; the
// rest is in the manifest.
type archive struct {
	buf     *bufio.Writer
	items   *workload.Manifest
	at      int64         // how long the file is so far
	entries int           // how many of items there are
	order   []uint32      // the items of the entries; nil while it is that of the items
	stored  []uint32      // by item
	crcs    []uint32      // by item
	huge    map[int]int64 // what is stored of an item where that takes more than 32 bits
	record  []byte
}

// newArchive begins an archive with the directories of a tree.
func newArchive(w io.Writer, items *workload.Manifest) (*archive, error) {
	a := &archive{
		buf: bufio.NewWriterSize(w, 1<<20), items: items,
		stored: make([]uint32, items.Len()), crcs: make([]uint32, items.Len()), huge: map[int]int64{},
	}
	for _, name := range items.Dirs {
		if err := a.write(directoryEntry(name, a.at), nil); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// directoryEntry is the entry of a directory.
func directoryEntry(name string, at int64) *zipEntry {
	return &zipEntry{name: name + "/", mode: fs.ModeDir | 0o755, position: at}
}

// add writes an item's entry. Data of the parcel is stored if it is as long as
// the content, else it is deflated: see deflate.
func (a *archive) add(file *workload.File, p *Parcel) error {
	if p.Size != file.Size { // close will say that it is the manifest's
		return sizeError(file, p.Size)
	}
	stored := int64(len(p.Data))
	if stored > math.MaxUint32 {
		a.huge[p.Item] = stored
	}
	a.stored[p.Item], a.crcs[p.Item] = uint32(stored), p.CRC
	a.follow(p.Item)
	return a.write(&zipEntry{name: file.Name, mode: file.Mode, crc: p.CRC, size: p.Size, stored: stored, position: a.at}, p.Data)
}

// follow notes which item is the next entry's.
func (a *archive) follow(item int) {
	if a.order == nil && item != a.entries {
		a.order = make([]uint32, a.entries, a.items.Len())
		for i := range a.order {
			a.order[i] = uint32(i)
		}
	}
	if a.order != nil {
		a.order = append(a.order, uint32(item))
	}
	a.entries++
}

// write writes an entry with its data.
func (a *archive) write(e *zipEntry, data []byte) error {
	if len(e.name) > math.MaxUint16 {
		return fmt.Errorf("the name has %d bytes, and an archive has room for %d", len(e.name), math.MaxUint16)
	}
	a.record = e.appendLocal(a.record[:0])
	if _, err := a.buf.Write(a.record); err != nil {
		return err
	}
	if _, err := a.buf.Write(data); err != nil {
		return err
	}
	a.at += e.length()
	a.record = e.appendDescriptor(a.record[:0])
	_, err := a.buf.Write(a.record)
	return err
}

// close writes the central directory and all that is buffered.
func (a *archive) close() error {
	var at, length int64
	put := func(e *zipEntry) error {
		at += e.length()
		a.record = e.appendEntry(a.record[:0])
		length += int64(len(a.record))
		_, err := a.buf.Write(a.record)
		return err
	}
	for _, name := range a.items.Dirs {
		if err := put(directoryEntry(name, at)); err != nil {
			return err
		}
	}
	for i := range a.entries {
		item := i
		if a.order != nil {
			item = int(a.order[i])
		}
		if err := put(a.entry(item, at)); err != nil {
			return err
		}
	}
	count := int64(len(a.items.Dirs) + a.entries)
	if _, err := a.buf.Write(appendEnd(a.record[:0], a.at, count, length)); err != nil {
		return err
	}
	return a.buf.Flush()
}

// entry is that of an item that has been written at a position.
func (a *archive) entry(item int, at int64) *zipEntry {
	file, stored := a.items.File(item), int64(a.stored[item])
	if huge, ok := a.huge[item]; ok {
		stored = huge
	}
	return &zipEntry{name: file.Name, mode: file.Mode, crc: a.crcs[item], size: file.Size, stored: stored, position: at}
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
