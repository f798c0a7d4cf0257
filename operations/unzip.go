package operations

import (
	"archive/zip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

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

// Load reads the stored bytes of a small entry, and unpacks the next block of a large one.
func (t *unzipTask) Load(s *Scratch, p *StagedItem) error {
	s.yield()
	p.cut(t.site.Manifest.File(p.Item).Size, t.site.Block)
	w, err := workerState(s, newUnzipWorker)
	if err == nil {
		entry := t.entries[p.Item]
		if t.streams(p) {
			err = w.unpack(t.archive, entry, p, t.block(p.Item))
		} else {
			err = t.read(entry, p)
		}
	}
	return itemError(t.site.Manifest, p.Item, err)
}

// block returns the largest number of bytes of a system call.
func (t *unzipTask) block(item int) int { return int(t.site.Block.Of(t.site.Manifest.File(item).Size)) }

// streams reports whether Load unpacks the entry, block by block. The stored bytes of other entries
// are in memory at once, so a small entry may not claim many.
func (t *unzipTask) streams(p *StagedItem) bool {
	return !p.isWhole() || t.entries[p.Item].CompressedSize64 > uint64(p.Size+p.Size/8+64<<10)
}

// read reads all stored bytes of an entry.
func (t *unzipTask) read(entry *zip.File, p *StagedItem) error {
	offset, err := entry.DataOffset()
	if err != nil {
		return err
	}
	n := int(entry.CompressedSize64)
	p.Data = slices.Grow(p.Data[:0], n)[:n]
	for part := range slices.Chunk(p.Data, t.block(p.Item)) {
		if _, err := t.archive.ReadAt(part, offset); err != nil {
			return unexpectedEnd(err)
		}
		offset += int64(len(part))
	}
	return nil
}

// unexpectedEnd returns the error of a read that must not reach the end of the archive.
func unexpectedEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Compute decompresses the stored bytes and checks the checksum, as every unzip program does. Load
// has done so for an entry that streams.
func (t *unzipTask) Compute(s *Scratch, p *StagedItem) error {
	if t.streams(p) {
		return nil
	}
	var err error
	entry := t.entries[p.Item]
	switch entry.Method {
	case zip.Store:
	case zip.Deflate:
		err = inflate(s, p, int(t.site.Manifest.File(p.Item).Size))
	default:
		err = methodError(entry)
	}
	if err == nil {
		p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
		if p.CRC != entry.CRC32 {
			err = contentError(p.CRC, entry.CRC32)
		}
	}
	return itemError(t.site.Manifest, p.Item, err)
}

func methodError(entry *zip.File) error {
	return fmt.Errorf("compression method %d is not supported; expected stored (0) or deflated (8)", entry.Method)
}

func (t *unzipTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	return t.store(s, p)
}

func (t *unzipTask) Close() error {
	return errors.Join(t.output.close(), t.archive.Close())
}
