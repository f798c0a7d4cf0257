package operations

import (
	"context"
	"hash/crc32"

	"github.com/zeebo/xxh3"

	"iosweep/internal/dirio"
	"iosweep/internal/parallel"
	"iosweep/internal/workload"
)

// The digest of a read is the CRC-32 of the manifest, with one exception. For a file of several
// blocks, the CRC-32 would take a sixth of the time of the read. So its digest is a chain of the
// xxh3 hashes of its blocks, which takes a third of that. Ranges of a file have CRC-32s, because
// these can be combined.

// chains reports whether the digest of a range is a chain.
func (r *Ranges) chains(block Block, size int64) bool {
	return size > block.Of(size) && !r.splits(size)
}

// update adds a block to a digest, which is a chain or a CRC-32.
func update(digest uint32, block []byte, chains bool) uint32 {
	if chains {
		return chain(digest, block)
	}
	return crc32.Update(digest, crc32.IEEETable, block)
}

// chain adds a block to a digest.
func chain(digest uint32, block []byte) uint32 {
	h := xxh3.Hash(block)
	return (digest*0x9e3779b1 + uint32(h)) ^ uint32(h>>32)
}

// verifyChains compares the digests of the files that have chains with their content. It reads
// the inputs again, and compares them with the manifest at the same time.
func verifyChains(site Site, ranges *Ranges, digests []uint32, wrong *mismatches) error {
	var large []int
	for item, file := range site.Manifest.All() {
		if ranges.chains(site.Block, file.Size) {
			large = append(large, item)
		}
	}
	if len(large) == 0 {
		return nil
	}
	dir, err := openInputDir(site)
	if err != nil {
		return err
	}
	defer dir.Close()
	slots := make([]Scratch, parallel.Processors(len(large)))
	defer closeAll(slots)
	return parallel.ForEach(context.Background(), len(large), func(number int) func(int) error {
		s := &slots[number]
		return func(i int) error {
			file := site.Manifest.File(large[i])
			crc, want, err := digestsOf(s, dir, site.Block, &file)
			switch found := digests[ranges.first(large[i])]; {
			case err != nil:
				wrong.item(large[i], file.Name, err)
			case crc != file.CRC:
				wrong.item(large[i], file.Name, contentError(crc, file.CRC))
			case found != want:
				wrong.item(large[i], file.Name, chainError(found, want))
			}
			return nil
		}
	})
}

// digestsOf returns both digests of a file in dir.
func digestsOf(s *Scratch, dir dirio.Directory, block Block, file *workload.File) (crc, chained uint32, err error) {
	r, err := openBlocks(s, dir, block, file, Range{Length: file.Size})
	if err != nil {
		return 0, 0, err
	}
	defer r.in.Close() // it was only read: closing cannot lose anything
	for last := false; !last; {
		var data []byte
		if data, last, err = r.next(s); err != nil {
			return 0, 0, err
		}
		crc, chained = crc32.Update(crc, crc32.IEEETable, data), chain(chained, data)
	}
	return crc, chained, nil
}
