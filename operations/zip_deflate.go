package operations

import (
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/flate"

	"iosweep/internal/dirio"
)

// A large item is compressed in blocks, as pigz does: each block on its own, with the content
// before it as dictionary, and with a sync flush at its end. So workers can compress blocks of one
// item at the same time, and the archive depends only on the items. The blocks make it larger by
// less than a thousandth. Compressing a dictionary again costs 3% of the time of a block of 1 MiB.

// deflateBlock is the smallest block that is compressed on its own, because smaller ones would
// repeat too much work. System calls may be smaller: see Block.
const deflateBlock = 1 << 20

// deflateWindow is the size of a dictionary: deflate finds repetitions at this distance.
const deflateWindow = 32 << 10

// A zipWorker is what a worker of zip keeps between items and blocks.
type zipWorker struct {
	flate *flate.Writer // made once, because it has tables of a megabyte
	out   appender
	tail  []byte // the end of the last block that was loaded
}

func newZipWorker() (*zipWorker, error) { return &zipWorker{}, nil }

// Close does nothing: a compressor has no descriptor.
func (*zipWorker) Close() error { return nil }

// start sets the dictionary of the first block of a range: it reads the content before the range.
// There is none at the start of a file.
func (w *zipWorker) start(s *Scratch, dir dirio.Directory, site Site, part Range) error {
	w.tail = w.tail[:0]
	size := min(part.Offset, deflateWindow)
	if size == 0 {
		return nil
	}
	r, err := openBlocks(s, dir, site.Block, new(site.Manifest.File(part.File)), Range{part.File, part.Offset - size, size})
	if err != nil {
		return err
	}
	defer r.in.Close() // it was only read: closing cannot lose anything
	for last := false; !last; {
		var data []byte
		if data, last, err = r.next(s); err != nil {
			return err
		}
		w.tail = append(w.tail, data...)
	}
	return nil
}

// follow gives a block that was loaded its dictionary. It is called for all blocks in order.
func (w *zipWorker) follow(p *StagedItem) {
	p.Dict = append(p.Dict[:0], w.tail...)
	if !p.Last {
		w.tail = append(w.tail[:0], p.Data[max(0, len(p.Data)-deflateWindow):]...)
	}
}

// deflate replaces the content in p.Data by the data that an archive stores for it. Content
// that does not get smaller stays as it is, as in every zip program. So Data is compressed
// exactly if it is shorter than the content, and add needs only the two lengths to find the
// method. A block of a larger item is always compressed. Level 0 compresses nothing.
func deflate(s *Scratch, p *StagedItem, level int) error {
	p.Size, p.CRC = int64(len(p.Data)), crc32.ChecksumIEEE(p.Data)
	if level == 0 || len(p.Data) == 0 {
		return nil
	}
	w, err := workerState(s, newZipWorker)
	if err != nil {
		return err
	}
	if w.flate == nil {
		if w.flate, err = flate.NewWriter(&w.out, level); err != nil {
			return err
		}
	}
	w.out.bytes = slices.Grow(s.spare[:0], len(p.Data)/4)
	w.flate.ResetDict(&w.out, p.Dict)
	p.Dict = p.Dict[:0]
	if _, err := w.flate.Write(p.Data); err != nil {
		return err
	}
	end := w.flate.Flush
	if p.Last {
		end = w.flate.Close
	}
	if err := end(); err != nil {
		return err
	}
	s.spare, w.out.bytes = w.out.bytes, nil
	if !p.isWhole() || len(s.spare) < len(p.Data) {
		p.Data, s.spare = s.spare, p.Data
	}
	return nil
}

// An appender writes into memory. It grows by a quarter, because staged items keep this
// memory. A bytes.Buffer would double it.
type appender struct {
	bytes []byte
}

func (a *appender) Write(data []byte) (int, error) {
	a.bytes = append(a.bytes, data...)
	return len(data), nil
}
