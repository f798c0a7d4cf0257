package operations

import (
	"errors"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// copying copies every item's file, with its permissions.
type copying struct{}

var _ Operation = copying{}

func (copying) Info() Info {
	return Info{
		Name:   "copy",
		About:  "copy every file to a second directory",
		Needs:  NeedsFiles,
		Axes:   []string{"layout", "cache", "sync", "block_size", "split"},
		Staged: true,
		Ringed: true,
	}
}

func (copying) Footprint(site Site, items WorkloadSize) Footprint { return items.Files(site) }

func (copying) Descriptors(site Site) Descriptors {
	in, out := foldersOf(site)
	return Descriptors{Task: 2 * descriptorsPerDirectory, Kept: in + out, Loading: 1, Storing: 1, Together: true}
}

func (copying) Open(site Site) (Task, error) {
	in, err := openInput(site)
	if err != nil {
		return nil, err
	}
	out, err := openOutput(site)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return &copyTask{output: out, in: in, ranges: RangesOf(site)}, nil
}

func (copying) Verify(site Site, _ []uint32) (Outcome, error) {
	return expectFiles(site, site.Output).verify()
}

type copyTask struct {
	output
	in     dirio.Directory
	ranges Ranges
	kernel dirio.KernelCopy
}

var (
	_ Staged    = (*copyTask)(nil)
	_ Bracketed = (*copyTask)(nil)
)

// Do needs at most one block of memory for a file of any size. In contrast, the stages pass whole
// blocks from one to the next.
func (t *copyTask) Do(s *Scratch, item int) (Result, error) {
	part := t.ranges.At(item)
	err := t.copy(s, new(t.site.Manifest.File(part.File)), part)
	return Result{Bytes: part.Length}, itemError(t.site.Manifest, part.File, err)
}

// copy opens both files, copies the bytes of a range and closes both.
func (t *copyTask) copy(s *Scratch, want *workload.File, part Range) error {
	r, err := openBlocks(s, t.in, t.site.Block, want, part)
	if err != nil {
		return err
	}
	defer r.in.Close() // it was only read: closing cannot lose anything
	out, err := t.openOutput(s, want, part)
	if err != nil {
		return err
	}
	s.yield()
	return t.finish(s, out, t.transfer(s, out, &r))
}

// transfer copies a range to out. It lets the kernel copy a large one, if the block is not
// specified, and uses the worker's buffer for a small one or if the kernel stops early. Direct reads
// always use the buffer.
func (t *copyTask) transfer(s *Scratch, out dirio.File, r *blockReader) error {
	size := r.end - r.at
	if t.site.Block != BlockAuto || size < dirio.MinKernelCopy || t.in.Direct {
		return r.writeTo(s, out)
	}
	limit := size
	if r.end == r.size {
		limit++ // like a read
	}
	moved, done, err := t.kernel.Copy(out, r.in, size, limit)
	switch {
	case err != nil:
		return err
	case moved > size, done && moved < size:
		return changedSize(r.folder, r.name, r.size, r.at+moved)
	case done:
		return nil
	}
	r.at += moved
	r.from = r.at
	return r.writeTo(s, out)
}

func (t *copyTask) Load(s *Scratch, p *StagedItem) error {
	return t.site.loadRange(s, t.in, p, t.ranges.At(p.Item))
}

// Compute does nothing: a copy has the same bytes.
func (t *copyTask) Compute(*Scratch, *StagedItem) error { return nil }

func (t *copyTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	part := t.ranges.At(p.Item)
	file := new(t.site.Manifest.File(part.File))
	var err error
	if p.isWhole() && part.Length == file.Size {
		err = t.storeWhole(s, file, p.Data)
	} else {
		err = t.storeBlock(s, p, part.Offset, func() (dirio.File, error) { return t.openOutput(s, file, part) })
	}
	return Result{Bytes: int64(len(p.Data))}, itemError(t.site.Manifest, part.File, err)
}

func (t *copyTask) Close() error {
	return errors.Join(t.output.close(), t.in.Close())
}
