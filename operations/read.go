package operations

import (
	"errors"
	"fmt"
	"hash/crc32"

	"iosweep/internal/dirio"
)

// read reads every item's file into memory.
type read struct{}

var _ Operation = read{}

func (read) Info() Info {
	return Info{
		Name:   "read",
		About:  "read every file into memory",
		Needs:  NeedsFiles,
		Axes:   []string{"cache"},
		Ringed: true,
	}
}

// Footprint is empty, because the content stays in memory.
func (read) Footprint(Site, WorkloadSize) Footprint { return Footprint{} }

func (read) Descriptors(site Site) Descriptors {
	in, _ := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory, Kept: in, Loading: 1}
}

func (read) Open(site Site) (Task, error) {
	dir, err := openInput(site)
	if err != nil {
		return nil, err
	}
	return &readTask{site: site, dir: dir}, nil
}

// Verify compares the digests of the items with the manifest. A read leaves no files to
// check.
func (read) Verify(site Site, digests []uint32) (Outcome, error) {
	if digests == nil {
		return Outcome{}, errors.New("a read cannot be verified without the digests of its items")
	}
	items := site.Manifest.Len()
	if len(digests) != items {
		return Outcome{}, fmt.Errorf("got %d digests for %d items, want one for each item", len(digests), items)
	}
	var wrong mismatches
	for item, file := range site.Manifest.All() {
		if digests[item] != file.CRC {
			wrong.item(item, file.Name, contentError(digests[item], file.CRC))
		}
	}
	return Outcome{Items: items, Bytes: site.Manifest.Bytes()}, wrong.err(items)
}

type readTask struct {
	site Site
	dir  dirio.Directory
}

func (t *readTask) Do(s *Scratch, item int) (_ Result, err error) {
	file := new(t.site.Manifest.File(item))
	if s.buf, err = load(s, t.dir, file, s.buf[:0]); err != nil {
		return Result{}, itemError(t.site.Manifest, item, err)
	}
	return Result{Bytes: int64(len(s.buf)), Digest: crc32.ChecksumIEEE(s.buf)}, nil
}

func (t *readTask) Close() error { return t.dir.Close() }
