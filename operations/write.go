package operations

import (
	"errors"
	"slices"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// write generates every item's content, or reads it from a tree, and writes it to a file.
type write struct{}

var _ Operation = write{}

func (write) Info() Info {
	return Info{
		Name:   "write",
		About:  "make every item and save it to its own file",
		Needs:  NeedsNothing,
		Axes:   []string{"layout", "sync", "block_size"},
		Staged: true,
		Ringed: true,
	}
}

func (write) Footprint(site Site, items WorkloadSize) Footprint { return items.Files(site) }

func (write) Descriptors(site Site) Descriptors {
	d := sourceDescriptors(site)
	_, out := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory + d.Task, Kept: out + d.Kept, Loading: d.Loading, Storing: 1, Together: true}
}

func (write) Open(site Site) (Task, error) {
	source, err := openSource(site)
	if err != nil {
		return nil, err
	}
	out, err := openOutput(site)
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	return &writeTask{output: out, source: source}, nil
}

func (write) Verify(site Site, _ []uint32) (Outcome, error) {
	return expectFiles(site, site.Output).verify()
}

type writeTask struct {
	output
	source source
}

var (
	_ Staged    = (*writeTask)(nil)
	_ Bracketed = (*writeTask)(nil)
)

// Do writes an item of one block as its stages do. A larger one needs one block of memory.
func (t *writeTask) Do(s *Scratch, item int) (Result, error) {
	file := new(t.site.Manifest.File(item))
	if file.Size <= t.site.Block.Of(file.Size) {
		if data, ok := t.source.inMemory(item); ok {
			return result(t.site.Manifest, item, t.storeWhole(s, file, data))
		}
		return doStages(t, s, item)
	}
	return result(t.site.Manifest, item, t.writeBlocks(s, file, item))
}

// writeBlocks makes the file of an item, and writes its content block by block.
func (t *writeTask) writeBlocks(s *Scratch, want *workload.File, item int) error {
	if t.source.content == nil {
		r, err := openBlocks(s, t.source.tree, t.site.Block, want, Range{item, 0, want.Size})
		if err != nil {
			return err
		}
		defer r.in.Close() // it was only read: closing cannot lose anything
		return t.storeAll(s, want, func(out dirio.File) error { return r.writeTo(s, out) })
	}
	time.Sleep(t.source.delay(item))
	g := t.source.generator(want, item)
	s.buf = slices.Grow(s.buf[:0], int(g.block))
	return t.storeAll(s, want, func(out dirio.File) error {
		for {
			data, last, err := g.next(s.buf)
			if err != nil {
				return err
			}
			if _, err := out.Write(data); err != nil || last {
				return err
			}
		}
	})
}

// storeAll makes the file of an item and finishes it after write.
func (t *writeTask) storeAll(s *Scratch, want *workload.File, write func(out dirio.File) error) error {
	out, err := t.create(s, want)
	if err != nil {
		return err
	}
	s.yield()
	return t.finish(s, out, write(out))
}

func (t *writeTask) Load(s *Scratch, p *StagedItem) error { return t.source.load(s, p) }

func (t *writeTask) Compute(_ *Scratch, p *StagedItem) error { return t.source.compute(p) }

func (t *writeTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	return t.store(s, p)
}

func (t *writeTask) Close() error {
	return errors.Join(t.output.close(), t.source.Close())
}
