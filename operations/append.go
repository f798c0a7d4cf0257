package operations

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"iosweep/internal/dirio"
)

// LogName is the one file that append writes.
const LogName = "append.log"

// appending puts every item at the end of one file, as a record (append_record.go).
type appending struct{}

var _ Operation = appending{}

func (appending) Info() Info {
	return Info{
		Name:           "append",
		About:          "append every item to one log",
		Needs:          NeedsNothing,
		Axes:           []string{"sync", "sink"},
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
		d.Kept++ // each worker's own
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

// Verify counts the records. Under the sink "unlocked" it is a result how many
// items are corrupt; a log without a single whole record is an error even so.
func (appending) Verify(site Site, _ []uint32) (Outcome, error) {
	log, outcome, err := onlyFile(site, LogName)
	if err != nil {
		return outcome, err
	}
	defer log.Close()
	l, err := readLog(log, outcome.OutputBytes, formOf(site.Workload), site.Manifest)
	if err != nil {
		return outcome, err
	}
	corrupt, first := l.corrupt()
	if site.Unlocked() {
		outcome.CorruptItems = corrupt
		if corrupt == outcome.Items {
			return outcome, fmt.Errorf("%s holds no whole record: %w", LogName, first)
		}
		return outcome, nil
	}
	switch {
	case corrupt > 0 && l.damaged > 0:
		return outcome, fmt.Errorf("%w; %d of %d items wrong; first damage %s", first, corrupt, outcome.Items, l.first)
	case corrupt > 0:
		return outcome, fmt.Errorf("%w; %d of %d items wrong", first, corrupt, outcome.Items)
	case l.damaged > 0:
		return outcome, fmt.Errorf("%s holds more than the records, %s", LogName, l.first)
	}
	return outcome, nil
}

// Unlocked reports whether workers append without minding each other: then
// corruption is a result, not a failure.
func (site *Site) Unlocked() bool { return site.Sink == SinkUnlocked }

// An appendTask adds records in one of four ways. By default there is one
// descriptor for each process, and the strategy lets one Commit happen at a
// time. A collector gets records that the workers have gathered; where it gets
// them one by one, as behind a pipeline, it gathers them itself. Unlocked, every
// worker has a descriptor of its own.
type appendTask struct {
	site     Site
	form     recordForm
	source   source
	dir      dirio.Directory
	log      *os.File
	buffered bool
	buf      []byte // gathered records
}

var (
	_ Staged    = (*appendTask)(nil)
	_ Batched   = (*appendTask)(nil)
	_ Bracketed = (*appendTask)(nil)
)

// writeBuffer is how much is gathered before it is written.
const writeBuffer = 1 << 20

// Begin makes the log, empty.
func (t *appendTask) Begin() (err error) {
	t.log, err = t.dir.OpenFile(LogName, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND)
	t.buffered = t.site.Sink == SinkCollector
	return err
}

// End writes what is still gathered. Syncing the log through this descriptor
// covers what other descriptors and processes wrote to it.
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

// Load makes the whole record. Workers do that side by side whatever the sink;
// only writing it is what they may have to wait for.
func (t *appendTask) Load(s *Scratch, p *StagedItem) error {
	p.Data = t.form.header(p.Data, p.Item, t.site.Manifest.File(p.Item).Size)
	if err := t.source.load(s, p); err != nil {
		return err
	}
	if err := t.source.compute(p); err != nil {
		return err
	}
	p.Data = append(p.Data, '\n')
	return nil
}

// Compute has nothing left to do.
func (t *appendTask) Compute(*Scratch, *StagedItem) error { return nil }

func (t *appendTask) Commit(s *Scratch, p *StagedItem) (Result, error) {
	var err error
	switch {
	case t.site.Unlocked():
		err = t.addUnlocked(s, p.Data)
	case t.buffered:
		err = t.addBuffered(p.Data)
	default:
		err = t.add(s, p.Data)
	}
	return result(t.site.Manifest, p.Item, err)
}

// AppendItem makes the whole record, as Load does, behind those of other items.
func (t *appendTask) AppendItem(s *Scratch, dst []byte, item int) ([]byte, int64, error) {
	p := &s.staged
	p.Reset(item)
	p.Data = dst
	err := t.Load(s, p)
	dst, p.Data = p.Data, nil // the array is the caller's
	return dst, t.site.Manifest.File(item).Size, err
}

// StoreBatch writes records with one call.
func (t *appendTask) StoreBatch(records []byte) error {
	_, err := t.log.Write(records)
	return err
}

// add writes the record with one call. The system puts it at the end, wherever
// other processes have moved that.
func (t *appendTask) add(s *Scratch, record []byte) (err error) {
	if t.log == nil { // a worker process, where nobody called Begin
		if t.log, err = t.dir.OpenFile(LogName, os.O_WRONLY|os.O_APPEND); err != nil {
			return err
		}
	}
	s.yield()
	_, err = t.log.Write(record)
	return err
}

// addBuffered keeps the record until there is enough for a large write. A bufio.Writer
// would split records between writes.
func (t *appendTask) addBuffered(record []byte) error {
	if len(t.buf)+len(record) > writeBuffer {
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(record) >= writeBuffer {
		_, err := t.log.Write(record)
		return err
	}
	t.buf = append(t.buf, record...)
	return nil
}

// flush writes what has been gathered.
func (t *appendTask) flush() error {
	if len(t.buf) == 0 {
		return nil
	}
	_, err := t.log.Write(t.buf)
	t.buf = t.buf[:0]
	return err
}

// addUnlocked loses updates in the classic way: it finds the end of the log,
// lets others run, and writes where the end was.
func (t *appendTask) addUnlocked(s *Scratch, record []byte) error {
	log, err := workerState(s, func() (*os.File, error) {
		return t.dir.OpenFile(LogName, os.O_WRONLY)
	})
	if err != nil {
		return err
	}
	end, err := log.Seek(0, 2)
	if err != nil {
		return err
	}
	s.yield()
	runtime.Gosched()
	_, err = log.WriteAt(record, end)
	return err
}

func (t *appendTask) Close() error {
	var err error
	if t.log != nil {
		err = t.log.Close()
	}
	return errors.Join(err, t.dir.Close(), t.source.Close())
}
