package operations

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"iosweep/internal/dirio"
)

// LogName is the name of the one file that append writes.
const LogName = "append.log"

// appending appends every item to one file, as a record: see append_record.go.
type appending struct{}

var _ Operation = appending{}

func (appending) Info() Info {
	return Info{
		Name:           "append",
		About:          "append every item to one log",
		Needs:          NeedsNothing,
		Axes:           []string{"sync", "sink", "block_size"},
		Output:         LogName,
		Staged:         true,
		Sinks:          []string{SinkLocked, SinkCollector, SinkUnlocked},
		CommitAnywhere: true,
	}
}

func (appending) Footprint(_ Site, items WorkloadSize) Footprint { return items.File(items.records) }

func (appending) Descriptors(site Site) Descriptors {
	d := sourceDescriptors(site)
	d.Task += descriptorsPerDirectory + 1
	if site.Unlocked() {
		d.Kept++ // each worker opens the log itself
	}
	return d
}

func (appending) Open(site Site) (Task, error) {
	source, err := openSource(site)
	if err != nil {
		return nil, err
	}
	dir, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	return &appendTask{site: site, form: formOf(site.Workload), source: source, dir: dir}, nil
}

// Verify counts the complete records. Under the sink "unlocked" corrupt items are a result
// and not an error. A log without any complete record is always an error. A contender may
// choose the waits of tasks.
func (appending) Verify(site Site, digests []uint32) (Outcome, error) {
	log, outcome, err := onlyFile(site, LogName)
	if err != nil {
		return outcome, err
	}
	defer log.Close()
	l, err := readLog(log, outcome.OutputBytes, expectedForm(site.Workload, digests == nil), site.Manifest)
	if err != nil {
		return outcome, err
	}
	outcome.Waits = l.waits
	corrupt, first := l.corrupt()
	if site.Unlocked() {
		outcome.CorruptItems = corrupt
		if corrupt == outcome.Items {
			return outcome, fmt.Errorf("%s contains no complete record: %w", LogName, first)
		}
		return outcome, nil
	}
	switch {
	case corrupt > 0 && l.damagedParts > 0:
		return outcome, fmt.Errorf("%w; %d of %d items wrong; first damage %s", first, corrupt, outcome.Items, l.firstDamage)
	case corrupt > 0:
		return outcome, fmt.Errorf("%w; %d of %d items wrong", first, corrupt, outcome.Items)
	case l.damagedParts > 0:
		return outcome, fmt.Errorf("%s contains data that is not a record, %s", LogName, l.firstDamage)
	}
	return outcome, nil
}

// Unlocked reports whether workers append without a lock. Corruption is then a result
// and not a failure.
func (site *Site) Unlocked() bool { return site.Sink == SinkUnlocked }

// An appendTask appends records in one of four ways, which the sink and the strategy choose:
//
//   - Commit writes each record. Each process has one descriptor, and the strategy
//     serializes the calls.
//   - A collector gets batches of records from the workers: StoreBatch writes a batch.
//   - A collector gets single records, as in a pipeline: Commit collects them in buf.
//   - Under "unlocked" each worker writes to its own descriptor.
type appendTask struct {
	site     Site
	form     recordForm
	source   source
	dir      dirio.Directory
	log      *os.File
	buffered bool   // Commit collects records in buf
	buf      []byte // records that are not written yet
}

var (
	_ Staged    = (*appendTask)(nil)
	_ Batched   = (*appendTask)(nil)
	_ Bracketed = (*appendTask)(nil)
)

// Begin creates the empty log.
func (t *appendTask) Begin() (err error) {
	t.log, err = t.dir.OpenFile(LogName, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND)
	t.buffered = t.site.Sink == SinkCollector
	return err
}

// End writes the buffered records. Syncing the log through this descriptor also makes the
// records durable that were written through other descriptors or by other processes.
func (t *appendTask) End() error {
	if err := t.flush(); err != nil {
		return err
	}
	switch t.site.Sync {
	case SyncFile:
		return t.log.Sync()
	case SyncEnd:
		return t.dir.Sync()
	}
	return nil
}

func (t *appendTask) Do(s *Scratch, item int) (Result, error) {
	return doStages(t, s, item)
}

// Load makes the record, or the block of p of it: the header before the first block, and the newline
// after the last one. Workers do this concurrently under every sink. Only the write may have to
// wait for other workers.
func (t *appendTask) Load(s *Scratch, p *StagedItem) error {
	if p.Offset == 0 {
		p.Data = t.form.header(p.Data, p.Item, t.site.Manifest.File(p.Item).Size)
	}
	if err := t.source.load(s, p); err != nil {
		return err
	}
	if err := t.source.compute(p); err != nil {
		return err
	}
	if p.Last {
		p.Data = append(p.Data, '\n')
	}
	return nil
}

// Compute does nothing: Load has made the record.
func (t *appendTask) Compute(*Scratch, *StagedItem) error { return nil }

func (t *appendTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	var err error
	switch {
	case t.site.Unlocked():
		err = t.addUnlocked(s, p)
	case t.buffered:
		err = t.addBuffered(p.Data)
	default:
		err = t.add(s, p.Data)
	}
	return Result{Bytes: p.Size}, itemError(t.site.Manifest, p.Item, err)
}

// AppendBlock appends the record, or the block of p of it, to dst, as Load makes it.
func (t *appendTask) AppendBlock(s *Scratch, dst []byte, p *StagedItem) ([]byte, error) {
	own := p.Data
	p.Data = dst
	err := t.Load(s, p)
	dst, p.Data = p.Data, own // the array belongs to the caller
	return dst, err
}

// autoBuffer is the size of the collector's buffer under BlockAuto. It fits into a processor's
// cache, and the cost of one call for each buffer is negligible.
const autoBuffer = 256 << 10

// BatchSize returns the size of the collector's buffer. It is written when it is full.
func (t *appendTask) BatchSize() int {
	if t.site.Block == BlockAuto || t.site.Block == BlockWhole {
		return autoBuffer
	}
	return int(t.site.Block)
}

// StoreBatch writes the records, or a part of a large one, with one call.
func (t *appendTask) StoreBatch(records []byte) error {
	_, err := t.log.Write(records)
	return err
}

// add writes the record, or a block of it, with one call. The system appends it at the current end
// of the file, even if other processes have moved the end.
func (t *appendTask) add(s *Scratch, record []byte) (err error) {
	if t.log == nil { // a worker process: Begin runs only in the parent
		if t.log, err = t.dir.OpenFile(LogName, os.O_WRONLY|os.O_APPEND); err != nil {
			return err
		}
	}
	s.yield()
	_, err = t.log.Write(record)
	return err
}

// addBuffered collects records for a large write. A bufio.Writer would split records
// between writes.
func (t *appendTask) addBuffered(record []byte) error {
	limit := t.BatchSize()
	if len(t.buf)+len(record) > limit {
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(record) >= limit {
		_, err := t.log.Write(record)
		return err
	}
	t.buf = append(t.buf, record...)
	return nil
}

// flush writes the buffered records.
func (t *appendTask) flush() error {
	if len(t.buf) == 0 {
		return nil
	}
	_, err := t.log.Write(t.buf)
	t.buf = t.buf[:0]
	return err
}

// An unlockedLog is a worker's own descriptor of the log, with the position of its next write.
type unlockedLog struct {
	*os.File
	end int64
}

// addUnlocked loses updates on purpose: it finds the end of the log, lets other workers
// run, and then writes at the position that it found. The further blocks of the record follow there.
func (t *appendTask) addUnlocked(s *Scratch, p *StagedItem) error {
	log, err := workerState(s, func() (*unlockedLog, error) {
		file, err := t.dir.OpenFile(LogName, os.O_WRONLY)
		return &unlockedLog{File: file}, err
	})
	if err != nil {
		return err
	}
	if p.Offset == 0 {
		if log.end, err = log.Seek(0, io.SeekEnd); err != nil {
			return err
		}
	}
	s.yield()
	runtime.Gosched()
	n, err := log.WriteAt(p.Data, log.end)
	log.end += int64(n)
	return err
}

func (t *appendTask) Close() error {
	var err error
	if t.log != nil {
		err = t.log.Close()
	}
	return errors.Join(err, t.dir.Close(), t.source.Close())
}
