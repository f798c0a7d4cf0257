package operations

import (
	"errors"
	"fmt"
	"os"

	"iosweep/internal/dirio"
)

// zipping puts every item into one zip archive. Compression is a separate stage, so that
// every worker can compress while one of them writes.
type zipping struct{}

var _ Operation = zipping{}

func (zipping) Info() Info {
	return Info{
		Name:   "zip",
		About:  "compress every file into one zip archive",
		Needs:  NeedsFiles,
		Axes:   []string{"level", "cache", "sync", "sink", "block_size"},
		Output: ArchiveName,
		Staged: true,
		Sinks:  []string{SinkLocked, SinkCollector, SinkParallel},
	}
}

func (zipping) Footprint(_ Site, items WorkloadSize) Footprint { return archiveFootprint(items) }

// archiveFootprint returns the footprint of an archive of the items. An entry has a local
// header of 30 bytes and a header of 46 bytes in the central directory, each with the
// name. Other programs add times, owners and zip64 sizes. The end record exists once.
func archiveFootprint(items WorkloadSize) Footprint {
	const entryCost, endCost = 30 + 46 + 100, 4 << 10
	return items.File(items.Bytes + items.entries*entryCost + 2*items.nameBytes + endCost)
}

func (zipping) Descriptors(site Site) Descriptors {
	in, _ := foldersOf(site)
	return Descriptors{Task: 2*descriptorsPerDirectory + 1, Kept: in, Loading: 1}
}

func (zipping) Open(site Site) (Task, error) {
	in, err := openInput(site)
	if err != nil {
		return nil, err
	}
	out, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	t := &zipTask{site: site, in: in, out: out}
	t.order = newEntryOrder(site.Manifest.Len(), pendingLimit, t.addEntry)
	return t, nil
}

func (zipping) Verify(site Site, _ []uint32) (Outcome, error) {
	archive, outcome, err := onlyFile(site, ArchiveName)
	if err != nil {
		return Outcome{}, err
	}
	defer archive.Close()
	var wrong mismatches
	if err := compareArchive(archive, outcome.OutputBytes, site.Manifest, &wrong); err != nil {
		return outcome, fmt.Errorf("%s: %w", ArchiveName, err)
	}
	return outcome, wrong.err(outcome.Items)
}

type zipTask struct {
	site    Site
	in, out dirio.Directory
	file    *os.File
	archive *archive    // nil in a worker process, which only loads and compresses
	order   *entryOrder // writes the entries in order
}

var (
	_ Staged    = (*zipTask)(nil)
	_ Bracketed = (*zipTask)(nil)
	_ Haltable  = (*zipTask)(nil)
)

// Begin creates the archive's file and the entries of the tree's directories.
func (t *zipTask) Begin() (err error) {
	if t.file, err = t.out.Create(ArchiveName); err != nil {
		return err
	}
	t.archive, err = newArchive(t.file, t.site.Manifest, t.site.Level, t.site.Block)
	return err
}

// End writes the central directory.
func (t *zipTask) End() error {
	if err := t.order.finish(); err != nil {
		return err
	}
	if err := t.archive.close(); err != nil {
		return err
	}
	if t.site.Sync == SyncFile {
		if err := t.file.Sync(); err != nil {
			return err
		}
	}
	err := t.file.Close()
	t.file = nil
	if err == nil && t.site.Sync == SyncEnd {
		err = t.out.Sync()
	}
	return err
}

func (t *zipTask) Do(s *Scratch, item int) (Result, error) {
	return doStages(t, s, item)
}

// Load reads a block, and gives it the end of the block before it as dictionary.
func (t *zipTask) Load(s *Scratch, p *StagedItem) error {
	if err := t.site.loadAs(s, t.in, p, t.block()); err != nil || p.isWhole() || t.site.Level == 0 {
		return err
	}
	w, err := workerState(s, newZipWorker)
	if err == nil {
		w.follow(p)
	}
	return err
}

// block returns the block that is compressed on its own. Reads and writes may be smaller.
func (t *zipTask) block() Block {
	if t.site.Block == BlockAuto || t.site.Block == BlockWhole {
		return t.site.Block
	}
	return max(t.site.Block, deflateBlock)
}

func (t *zipTask) Compute(s *Scratch, p *StagedItem) error {
	return deflate(s, p, t.site.Level)
}

// Commit adds the entry to the archive, or a block of it. It may keep the entry until the entries
// before it are written. Calls may overlap under the sink "parallel", and wait for each other.
func (t *zipTask) Commit(_ *Scratch, p *StagedItem) (Result, error) {
	if t.archive == nil {
		return Result{}, itemError(t.site.Manifest, p.Item, errors.New("the archive is open only in the process that called Begin"))
	}
	return Result{Bytes: p.Size}, t.order.add(p)
}

// addEntry writes the entry of an item.
func (t *zipTask) addEntry(p *StagedItem) error {
	file := t.site.Manifest.File(p.Item)
	return itemError(t.site.Manifest, p.Item, t.archive.add(&file, p))
}

// Halt makes Commit return if it waits.
func (t *zipTask) Halt() { t.order.halt() }

func (t *zipTask) Close() error {
	var err error
	if t.file != nil { // the trial stopped before End
		err = t.file.Close()
	}
	return errors.Join(err, t.in.Close(), t.out.Close())
}
