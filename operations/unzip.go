package operations

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/flate"

	"iosweep/internal/workload"
)

// unzipping unpacks every entry of an archive into a file.
type unzipping struct{}

var _ Operation = unzipping{}

func (unzipping) Info() Info {
	return Info{
		Name:     "unzip",
		About:    "unpack every entry of a zip archive",
		Needs:    NeedsArchive,
		Axes:     []string{"layout", "cache", "sync", "block_size"},
		NoDirect: "the entries of an archive are not aligned to blocks",
		Staged:   true,
	}
}

func (unzipping) Footprint(site Site, items WorkloadSize) Footprint { return items.Files(site) }

func (unzipping) Descriptors(site Site) Descriptors {
	_, out := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory + 1, Kept: out, Storing: 1}
}

// Open reads the central directory. It refuses an entry whose name leads out of the output
// directory, or whose size differs from the manifest, before anything is unpacked.
func (unzipping) Open(site Site) (Task, error) {
	if site.Cache == CacheDirect {
		return nil, errors.New("unzip cannot read without the page cache: direct reads begin at block boundaries, and entries do not; use cache: warm or cold")
	}
	in, err := openDirectory(site, site.Input)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	file, err := in.OpenRegular(ArchiveName)
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

// readEntries returns the entry of every item.
func readEntries(file *os.File, m *workload.Manifest) ([]*zip.File, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	reader, err := readArchive(file, size, m)
	if err != nil {
		return nil, err
	}
	var wrong mismatches
	for _, e := range reader.File {
		if !filepath.IsLocal(filepath.FromSlash(e.Name)) {
			return nil, fmt.Errorf("entry %q is refused: its name leads out of the output directory", e.Name)
		}
		if e.CompressedSize64 > uint64(size) {
			return nil, fmt.Errorf("entry %q claims %d compressed bytes, more than the whole archive has", e.Name, e.CompressedSize64)
		}
	}
	found := entriesOf(reader, m, &wrong)
	for item, e := range found {
		if want := uint64(m.File(item).Size); e != nil && e.UncompressedSize64 != want {
			wrong.item(item, e.Name, fmt.Errorf("the entry claims %d bytes, expected %d", e.UncompressedSize64, want))
		}
	}
	return found, wrong.err(m.Len())
}

type unzipTask struct {
	output
	archive *os.File
	entries []*zip.File // by item
}

var (
	_ Staged    = (*unzipTask)(nil)
	_ Bracketed = (*unzipTask)(nil)
)

func (t *unzipTask) Do(s *Scratch, item int) (Result, error) {
	return doStages(t, s, item)
}

// Load reads the stored bytes of the entry.
func (t *unzipTask) Load(s *Scratch, p *StagedItem) error {
	s.yield()
	return itemError(t.site.Manifest, p.Item, t.read(p, t.entries[p.Item]))
}

func (t *unzipTask) read(p *StagedItem, entry *zip.File) error {
	offset, err := entry.DataOffset()
	if err != nil {
		return err
	}
	p.Last = true
	n := int(entry.CompressedSize64)
	p.Data = slices.Grow(p.Data[:0], n)[:n]
	_, err = t.archive.ReadAt(p.Data, offset)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Compute decompresses the stored bytes and checks the checksum, as every unzip program does.
func (t *unzipTask) Compute(s *Scratch, p *StagedItem) error {
	var err error
	entry := t.entries[p.Item]
	switch entry.Method {
	case zip.Store:
	case zip.Deflate:
		err = inflate(s, p, int(t.site.Manifest.File(p.Item).Size))
	default:
		err = fmt.Errorf("compression method %d is not supported; expected stored (0) or deflated (8)", entry.Method)
	}
	if err == nil {
		p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
		if p.CRC != entry.CRC32 {
			err = contentError(p.CRC, entry.CRC32)
		}
	}
	return itemError(t.site.Manifest, p.Item, err)
}

func (t *unzipTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	return t.store(s, p)
}

func (t *unzipTask) Close() error {
	return errors.Join(t.output.close(), t.archive.Close())
}

// An inflater is a worker's decompressor. It is made once.
type inflater struct {
	in    bytes.Reader
	flate io.ReadCloser
}

func newInflater() (*inflater, error) {
	f := &inflater{}
	f.flate = flate.NewReader(&f.in)
	return f, nil
}

// Close closes the decompressor, which has no descriptor.
func (f *inflater) Close() error { return f.flate.Close() }

// inflate replaces p.Data by its decompressed content, which must have exactly size bytes.
// The buffer has one byte more, to notice an entry that is too long.
func inflate(s *Scratch, p *StagedItem, size int) error {
	f, err := workerState(s, newInflater)
	if err != nil {
		return err
	}
	f.in.Reset(p.Data)
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
