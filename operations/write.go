package operations

import (
	"errors"
	"time"

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
	time.Sleep(t.source.delay(item))
	out, err := t.create(s, want)
	if err != nil {
		return err
	}
	s.yield()
	err = t.source.eachBlock(s, want, item, func(data []byte) error {
		_, err := out.Write(data)
		s.yield()
		return err
	})
	return t.finish(s, out, err)
}

func (t *writeTask) Load(s *Scratch, p *StagedItem) error { return t.source.load(s, p) }

func (t *writeTask) Compute(_ *Scratch, p *StagedItem) error { return t.source.compute(p) }

func (t *writeTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	return t.store(s, p)
}

func (t *writeTask) Close() error {
	return errors.Join(t.output.close(), t.source.Close())
}
