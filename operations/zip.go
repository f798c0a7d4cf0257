package operations

import (
	"errors"
	"fmt"
	"os"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
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
		Axes:   []string{"level", "cache", "sync", "sink", "block_size", "split"},
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
	t := &zipTask{site: site, ranges: RangesOf(site), in: in, out: out}
	t.order = newEntryOrder(t.ranges.Len(), pendingLimit, t.addEntry)
	t.order.strict = t.ranges.ends != nil
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
	ranges  Ranges
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

// Load reads a block, and gives it the content before it as dictionary.
func (t *zipTask) Load(s *Scratch, p *StagedItem) error {
	part := t.ranges.At(p.Item)
	p.cut(part.Length, t.block())
	if t.site.Level == 0 || p.isWhole() && part.Offset == 0 {
		return t.site.loadCut(s, t.in, p, part)
	}
	w, err := workerState(s, newZipWorker)
	if err != nil {
		return err
	}
	if p.Offset == 0 {
		if err := w.start(s, t.in, t.site, part); err != nil {
			return itemError(t.site.Manifest, part.File, err)
		}
	}
	if err := t.site.loadCut(s, t.in, p, part); err != nil {
		return err
	}
	w.follow(p)
	return nil
}

// block returns the block that is compressed on its own. Reads and writes may be smaller.
func (t *zipTask) block() Block {
	if t.site.Block == BlockAuto || t.site.Block == BlockWhole {
		return t.site.Block
	}
	return max(t.site.Block, deflateBlock)
}

func (t *zipTask) Compute(s *Scratch, p *StagedItem) error {
	_, err := t.inFile(p, func(*workload.File) error { return deflate(s, p, t.site.Level) })
	return err
}

// Commit adds the entry to the archive, or a block of it. It may keep the entry until the entries
// before it are written. Calls may overlap under the sink "parallel", and wait for each other.
func (t *zipTask) Commit(_ *Scratch, p *StagedItem) (Result, error) {
	if t.archive == nil {
		return Result{}, errors.New("the archive is open only in the process that called Begin")
	}
	return Result{Bytes: p.Size}, t.order.add(p)
}

// addEntry writes the entry of an item, or a block of it.
func (t *zipTask) addEntry(p *StagedItem) error {
	file, err := t.inFile(p, func(file *workload.File) error { return t.archive.add(file, p) })
	return itemError(t.site.Manifest, file, err)
}

// inFile calls do while the position of p is its position in the file. If the item is a range, the
// position is normally in the range. It returns the number of the file.
func (t *zipTask) inFile(p *StagedItem, do func(*workload.File) error) (number int, err error) {
	part := t.ranges.At(p.Item)
	file := t.site.Manifest.File(part.File)
	offset, last := p.Offset, p.Last
	p.Offset += part.Offset
	p.Last = last && part.Offset+part.Length == file.Size
	err = do(&file)
	p.Offset, p.Last = offset, last
	return part.File, err
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
