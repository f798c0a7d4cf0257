package operations

import (
	"errors"
	"io"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// copyBuffer is the number of bytes that are read and written at a time. They stay in
// the processor's cache between the read and the write.
const copyBuffer = 256 << 10

// copying copies every item's file, with its permissions.
type copying struct{}

var _ Operation = copying{}

func (copying) Info() Info {
	return Info{
		Name:   "copy",
		About:  "copy every file to a second directory",
		Needs:  NeedsFiles,
		Axes:   []string{"layout", "cache", "sync", "block_size"},
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
	return &copyTask{output: out, in: in}, nil
}

func (copying) Verify(site Site, _ []uint32) (Outcome, error) {
	return expectFiles(site, site.Output).verify()
}

type copyTask struct {
	output
	in     dirio.Directory
	kernel dirio.KernelCopy
}

var (
	_ Staged    = (*copyTask)(nil)
	_ Bracketed = (*copyTask)(nil)
)

// Do copies in pieces, so that one small buffer is enough for a file of any size. In
// contrast, the stages pass whole blocks from one to the next in memory.
func (t *copyTask) Do(s *Scratch, item int) (Result, error) {
	file := new(t.site.Manifest.File(item))
	n, err := t.copy(s, file)
	if err == nil && n != file.Size {
		err = sizeError(file, n)
	}
	return result(t.site.Manifest, item, err)
}

// copy opens both files, copies the bytes and closes both.
func (t *copyTask) copy(s *Scratch, want *workload.File) (int64, error) {
	folder, name, err := s.from.Enter(t.in, "", want.Name)
	if err != nil {
		return 0, err
	}
	in, err := t.in.OpenItem(folder, name)
	if err != nil {
		return 0, err
	}
	defer in.Close() // it was only read: closing cannot lose anything
	out, err := t.create(s, want)
	if err != nil {
		return 0, err
	}
	s.yield()
	n, err := t.transfer(s, out, in, want.Size)
	return n, t.finish(s, out, err)
}

// transfer copies the rest of in to out. It lets the kernel copy a large file, and uses
// the worker's buffer for a small one or if the kernel stops early. Direct reads always
// use the buffer.
func (t *copyTask) transfer(s *Scratch, out, in dirio.File, size int64) (moved int64, err error) {
	if size >= dirio.MinKernelCopy && !t.in.Direct {
		var done bool
		if moved, done, err = t.kernel.Copy(out, in, size); done {
			return moved, err
		}
	}
	if s.buf == nil {
		s.buf = aligned(nil, copyBuffer)
	}
	n, err := copyThroughBuffer(out, in, s.buf, size-moved)
	return moved + n, err
}

// copyThroughBuffer copies the rest of in to out through a buffer. If a short
// read ends at the expected size, the file has ended and no further read follows.
func copyThroughBuffer(out, in dirio.File, buf []byte, size int64) (int64, error) {
	var moved int64
	for {
		n, err := in.Read(buf)
		if n > 0 {
			if _, err := out.Write(buf[:n]); err != nil {
				return moved, err
			}
			moved += int64(n)
		}
		if err == nil && n < len(buf) && moved == size {
			return moved, nil
		}
		if err == io.EOF {
			return moved, nil
		}
		if err != nil {
			return moved, err
		}
	}
}

func (t *copyTask) Load(s *Scratch, p *StagedItem) error { return t.site.load(s, t.in, p) }

// Compute does nothing: a copy has the same bytes.
func (t *copyTask) Compute(*Scratch, *StagedItem) error { return nil }

func (t *copyTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	return t.store(s, p)
}

func (t *copyTask) Close() error {
	return errors.Join(t.output.close(), t.in.Close())
}
