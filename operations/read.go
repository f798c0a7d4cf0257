package operations

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// read reads every item's file, a large one in blocks.
type read struct{}

var _ Operation = read{}

func (read) Info() Info {
	return Info{
		Name:   "read",
		About:  "read every file into memory",
		Needs:  NeedsFiles,
		Axes:   []string{"cache", "block_size"},
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
	digest, err := t.digest(s, file)
	if err != nil {
		return Result{}, itemError(t.site.Manifest, item, err)
	}
	return Result{Bytes: file.Size, Digest: digest}, nil
}

// maxRead is the size of the buffer for a larger file. One of the size of the file would be slower,
// because its pages are new and leave the caches of the processor.
const maxRead = 1 << 20

// digest reads a file in blocks of at most maxRead, and returns its digest.
func (t *readTask) digest(s *Scratch, want *workload.File) (digest uint32, err error) {
	folder, name, err := s.from.Enter(t.dir, "", want.Name)
	if err != nil {
		return 0, err
	}
	in, err := t.dir.OpenItem(folder, name)
	if err != nil {
		return 0, err
	}
	defer in.Close() // it was only read: closing cannot lose anything
	s.yield()
	// One byte more than the size shows the end of the file without a further call, and a file that
	// has grown.
	block := int(min(want.Size+1, maxRead))
	if t.dir.Direct {
		block = int(min((want.Size/directBlock+1)*directBlock, maxRead))
		s.buf = aligned(s.buf, block)
	} else {
		s.buf = slices.Grow(s.buf[:0], block)[:block]
	}
	var size int64
	for {
		n, err := in.Read(s.buf[:block])
		digest = crc32.Update(digest, crc32.IEEETable, s.buf[:n])
		size += int64(n)
		s.yield()
		switch {
		// The kernel allows no direct read that begins within a block, which is at the end of the file.
		case err == io.EOF, size > want.Size, size == want.Size && n < block, t.dir.Direct && n%directBlock != 0:
			if size != want.Size {
				return 0, sizeError(want, size)
			}
			return digest, nil
		case err != nil:
			return 0, err
		}
	}
}

func (t *readTask) Close() error { return t.dir.Close() }
