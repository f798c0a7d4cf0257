package operations

import (
	"errors"
	"fmt"

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
		Axes:   []string{"cache", "block_size", "split"},
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
	return &readTask{site, dir, RangesOf(site)}, nil
}

// Verify compares the digests of the items with the manifest, and the digests of large files with
// the content of the files. A read leaves no files to check.
func (read) Verify(site Site, digests []uint32) (Outcome, error) {
	if digests == nil {
		return Outcome{}, errors.New("a read cannot be verified without the digests of its items")
	}
	ranges := RangesOf(site)
	if len(digests) != ranges.Len() {
		return Outcome{}, fmt.Errorf("got %d digests for %d items, want one for each item", len(digests), ranges.Len())
	}
	var wrong mismatches
	var chained []int
	for i, file := range site.Manifest.All() {
		first, end := ranges.first(i), ranges.first(i+1)
		if ranges.chains(site.Block, file.Size) {
			for item := first; item < end; item++ {
				chained = append(chained, item)
			}
		} else if crc := digests[first]; crc != file.CRC {
			wrong.item(i, file.Name, contentError(crc, file.CRC))
		}
	}
	if err := verifyChains(site, &ranges, chained, digests, &wrong); err != nil {
		return Outcome{}, err
	}
	items := site.Manifest.Len()
	return Outcome{Items: items, Bytes: site.Manifest.Bytes()}, wrong.err(items)
}

type readTask struct {
	site   Site
	dir    dirio.Directory
	ranges Ranges
}

func (t *readTask) Do(s *Scratch, item int) (Result, error) {
	part := t.ranges.At(item)
	digest, err := t.digest(s, new(t.site.Manifest.File(part.File)), part)
	if err != nil {
		return Result{}, itemError(t.site.Manifest, part.File, err)
	}
	return Result{Bytes: part.Length, Digest: digest}, nil
}

// digest reads a range of a file and returns its digest.
func (t *readTask) digest(s *Scratch, want *workload.File, part Range) (digest uint32, err error) {
	r, err := openBlocks(s, t.dir, t.site.Block, want, part)
	if err != nil {
		return 0, err
	}
	defer r.in.Close() // it was only read: closing cannot lose anything
	s.yield()
	chains := t.ranges.chains(t.site.Block, want.Size)
	for last := false; !last; {
		var data []byte
		if data, last, err = r.next(s); err != nil {
			return 0, err
		}
		digest = update(digest, data, chains)
		s.yield()
	}
	return digest, nil
}

func (t *readTask) Close() error { return t.dir.Close() }
