package operations

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/flate"

	"iosweep/internal/workload"
)

// unzipping makes a file of every entry of an archive.
type unzipping struct{}

var _ Operation = unzipping{}

func (unzipping) Info() Info {
	return Info{
		Name:     "unzip",
		About:    "unpack every entry of a zip archive",
		Needs:    NeedsArchive,
		Axes:     []string{"layout", "cache", "sync"},
		NoDirect: "an archive's entries are not aligned",
		Staged:   true,
	}
}

func (unzipping) Footprint(site Site, items Extent) Footprint { return items.Files(site) }

func (unzipping) Descriptors(site Site) Descriptors {
	_, out := foldersOf(site)
	return Descriptors{Task: perDirectory + 1, Kept: out, Storing: 1}
}

// Open reads the central directory. An entry whose name leads elsewhere, or
// whose size is not the manifest's, is refused before anything is unpacked.
func (unzipping) Open(site Site) (Task, error) {
	if site.Cache == CacheDirect {
		return nil, errors.New("unzip cannot read past the page cache, because entries begin anywhere and direct reads at block boundaries alone; use cache: warm or cold")
	}
	in, err := openDirectory(site, site.Input)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	file, err := in.Regular(ArchiveName)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(file, site.Manifest)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file.Name(), err), file.Close())
	}
	out, err := openOutput(site)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &unzipTask{output: out, archive: file, entries: entries}, nil
}

func (unzipping) Verify(site Site, _ []uint32) (Outcome, error) {
	return expectFiles(site, site.Output).verify()
}

// Entries are where the items stand in an archive: 12 bytes for each in one of up
// to 4 GiB, 14 in a larger one.
type entries struct {
	low    []uint32 // of the position
	high   []uint16 // nil where all are 0
	stored []uint32
	crcs   []uint32
	huge   map[int]int64 // what is stored of an item where that takes more than 32 bits
}

// readEntries finds the entry of every item.
func readEntries(file *os.File, m *workload.Manifest) (*entries, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	directory, err := openArchive(file, size, m)
	if err != nil {
		return nil, err
	}
	var wrong faults
	matched := newMatcher(m, &wrong)
	found := newEntries(m.Len(), size)
	err = directory.each(mostEntries(m), func(e *heldEntry) error {
		name := string(e.name)
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("entry %q leads out of the archive's directory; it is refused", name)
		}
		if e.stored > size {
			return fmt.Errorf("entry %q claims %d bytes, more than the whole archive has", name, e.stored)
		}
		if e.position > size {
			return fmt.Errorf("entry %q claims to begin at byte %d, beyond the archive's end", name, e.position)
		}
		item, ok := matched.match(name)
		if !ok {
			return nil
		}
		if want := m.File(item).Size; e.size != want {
			wrong.item(item, name, fmt.Errorf("the entry claims %d bytes, expected %d", e.size, want))
		}
		found.set(item, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	matched.missing()
	return found, wrong.err(m.Len())
}

func newEntries(n int, size int64) *entries {
	e := &entries{low: make([]uint32, n), stored: make([]uint32, n), crcs: make([]uint32, n), huge: map[int]int64{}}
	if size > math.MaxUint32 {
		e.high = make([]uint16, n)
	}
	return e
}

// set notes the entry of an item, which lies within the archive.
func (e *entries) set(item int, held *heldEntry) {
	e.low[item], e.stored[item], e.crcs[item] = uint32(held.position), uint32(held.stored), held.crc
	if e.high != nil {
		e.high[item] = uint16(held.position >> 32)
	}
	if held.stored > math.MaxUint32 {
		e.huge[item] = held.stored
	}
}

// of is where an item's entry begins, and how much is stored of it.
func (e *entries) of(item int) (position, stored int64) {
	position, stored = int64(e.low[item]), int64(e.stored[item])
	if e.high != nil {
		position |= int64(e.high[item]) << 32
	}
	if huge, ok := e.huge[item]; ok {
		stored = huge
	}
	return position, stored
}

type unzipTask struct {
	output
	archive *os.File
	entries *entries
}

var (
	_ Staged    = (*unzipTask)(nil)
	_ Bracketed = (*unzipTask)(nil)
)

func (t *unzipTask) Do(s *Scratch, item int) (Done, error) {
	return doStages(t, s, item)
}

// Load reads the entry as it is stored, with the record in front of it: p.Data is
// both. Mostly that is one read, for most archives have the same name there as in
// the central directory, and no fields behind it.
func (t *unzipTask) Load(s *Scratch, p *Parcel) error {
	file := t.site.Manifest.File(p.Item)
	position, stored := t.entries.of(p.Item)
	s.yield()
	err := t.read(p, position, localLength+int64(len(file.Name))+stored)
	if err == nil {
		var begins int64
		begins, err = dataBegins(p.Data)
		if rest := begins + stored; err == nil && rest != int64(len(p.Data)) {
			err = t.read(p, position, rest)
		}
	}
	if err != nil {
		return itemError(p.Item, &file, err)
	}
	return nil
}

// read makes p.Data the bytes of the archive from a position on.
func (t *unzipTask) read(p *Parcel, position, n int64) error {
	p.Data = slices.Grow(p.Data[:0], int(n))[:n]
	_, err := t.archive.ReadAt(p.Data, position)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// dataBegins is where the data of an entry begin, behind its local record.
func dataBegins(local []byte) (int64, error) {
	if len(local) < localLength || binary.LittleEndian.Uint32(local) != localSignature {
		return 0, errors.New("there is no entry where the central directory has it")
	}
	name, extra := binary.LittleEndian.Uint16(local[26:]), binary.LittleEndian.Uint16(local[28:])
	return localLength + int64(name) + int64(extra), nil
}

// Compute unpacks it and compares the checksum, as every unzip does.
func (t *unzipTask) Compute(s *Scratch, p *Parcel) error {
	file, want := t.site.Manifest.File(p.Item), t.entries.crcs[p.Item]
	begins, err := dataBegins(p.Data)
	if err != nil {
		return itemError(p.Item, &file, err)
	}
	switch method := binary.LittleEndian.Uint16(p.Data[8:]); method {
	case methodStored:
		p.Data = p.Data[:copy(p.Data, p.Data[begins:])]
	case methodDeflated:
		err = inflate(s, p, p.Data[begins:], int(file.Size))
	default:
		err = fmt.Errorf("compression method %d is not supported; expected stored (0) or deflated (8)", method)
	}
	if err != nil {
		return itemError(p.Item, &file, err)
	}
	p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
	if p.CRC != want {
		return itemError(p.Item, &file, contentError(p.CRC, want))
	}
	return nil
}

func (t *unzipTask) Commit(s *Scratch, p *Parcel) (Done, error) {
	return t.store(s, p.Item, p.Data)
}

func (t *unzipTask) Close() error {
	return errors.Join(t.dir.Close(), t.archive.Close())
}

// An inflater is a worker's decompressor, made once.
type inflater struct {
	in    bytes.Reader
	flate io.ReadCloser
}

func newInflater() (*inflater, error) {
	f := &inflater{}
	f.flate = flate.NewReader(&f.in)
	return f, nil
}

// Close ends the decompressor; it holds no descriptor.
func (f *inflater) Close() error { return f.flate.Close() }

// inflate makes p.Data what deflated data unpack to, which must come to exactly
// size bytes. A byte of room more than that is enough to notice an entry that is too
// long.
func inflate(s *Scratch, p *Parcel, deflated []byte, size int) error {
	f, err := kept(s, newInflater)
	if err != nil {
		return err
	}
	f.in.Reset(deflated)
	if err := f.flate.(flate.Resetter).Reset(&f.in, nil); err != nil {
		return err
	}
	content := slices.Grow(p.spare[:0], size+1)[:size+1]
	n, err := io.ReadFull(f.flate, content)
	p.spare = content
	switch {
	case err == nil:
		return fmt.Errorf("unpacks to more than the expected %d bytes", size)
	case n != size:
		return fmt.Errorf("unpacks to %d bytes, expected %d: %w", n, size, err)
	case !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF:
		return err
	}
	p.Data, p.spare = content[:size], p.Data
	return nil
}
