package operations

import (
	"context"
	"hash/crc32"

	"github.com/zeebo/xxh3"

	"iosweep/internal/dirio"
	"iosweep/internal/parallel"
	"iosweep/internal/workload"
)

// The digest of a read is the CRC-32 of the manifest, with one exception. A CRC-32 of a file of several
// blocks or ranges would take a quarter of the time of its read. So the digest of the file, or of
// each of its ranges, is a chain of the xxh3 hashes of its blocks. It takes a third of the time of the
// CRC-32.

// chains reports whether a file has chains.
func (r *Ranges) chains(block Block, size int64) bool { return size > block.Of(size) || r.splits(size) }

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

// verifyChains compares the digests of items, which are the ranges of the files that have chains,
// with the content of the files. It reads the files again, and compares them with the manifest at
// the same time.
func verifyChains(site Site, ranges *Ranges, items []int, digests []uint32, wrong *mismatches) error {
	if len(items) == 0 {
		return nil
	}
	dir, err := openInputDir(site)
	if err != nil {
		return err
	}
	defer dir.Close()
	slots := make([]Scratch, parallel.Processors(len(items)))
	defer closeAll(slots)
	found := make([]bothDigests, len(items))
	if err := parallel.ForEach(context.Background(), len(items), func(number int) func(int) error {
		return func(i int) error {
			found[i] = digestsOf(&slots[number], dir, site, ranges.At(items[i]))
			return nil
		}
	}); err != nil {
		return err
	}
	for i := 0; i < len(items); {
		number := ranges.At(items[i]).File
		file := site.Manifest.File(number)
		var whole bothDigests
		var mismatch error
		for ; i < len(items) && ranges.At(items[i]).File == number; i++ {
			whole.crc = workload.CombineCRC(whole.crc, found[i].crc, ranges.At(items[i]).Length)
			if whole.err == nil {
				whole.err = found[i].err
			}
			if digest := digests[items[i]]; digest != found[i].chain && mismatch == nil {
				mismatch = chainError(digest, found[i].chain)
			}
		}
		switch {
		case whole.err != nil:
			wrong.item(number, file.Name, whole.err)
		case whole.crc != file.CRC:
			wrong.item(number, file.Name, contentError(whole.crc, file.CRC))
		case mismatch != nil:
			wrong.item(number, file.Name, mismatch)
		}
	}
	return nil
}

// bothDigests are the digests of a range of a file.
type bothDigests struct {
	crc, chain uint32
	err        error // of reading it
}

// digestsOf reads a range of a file in dir.
func digestsOf(s *Scratch, dir dirio.Directory, site Site, part Range) (d bothDigests) {
	file := site.Manifest.File(part.File)
	r, err := openBlocks(s, dir, site.Block, &file, part)
	if err != nil {
		return bothDigests{err: err}
	}
	defer r.in.Close() // it was only read: closing cannot lose anything
	for last := false; !last; {
		var data []byte
		if data, last, err = r.next(s); err != nil {
			return bothDigests{err: err}
		}
		d.crc, d.chain = crc32.Update(d.crc, crc32.IEEETable, data), chain(d.chain, data)
	}
	return d
}
