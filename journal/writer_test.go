package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"iosweep/internal/durable"
)

// TestOneSyncPerEntry checks that Append syncs exactly once, because a sync is its main
// cost.
func TestOneSyncPerEntry(t *testing.T) {
	fsys := newStrictFS(nil)
	w, err := create(fsys, lossyJournal)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range sampleEntries() {
		before := len(fsys.Done)
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
		if did := fsys.Done[before:]; len(did) != 2 || !strings.HasPrefix(did[0], "write ") || !strings.HasPrefix(did[1], "sync ") {
			t.Errorf("entry %d: the operations are %q, want a write and a sync", i, did)
		}
	}
}

// A smallDisk limits its files to a size.
type smallDisk struct {
	*strictFS
	size int64
}

func (d smallDisk) OpenFile(path string, flag int, perm os.FileMode) (durable.File, error) {
	f, err := d.strictFS.OpenFile(path, flag, perm)
	return smallFile{f, d.size}, err
}

type smallFile struct {
	durable.File
	size int64
}

// WriteAt writes as much as there is space for, as write(2) does.
func (f smallFile) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) <= f.size {
		return f.File.WriteAt(p, at)
	}
	n, err := f.File.WriteAt(p[:max(0, f.size-at)], at)
	if err == nil {
		err = &os.PathError{Op: "write", Err: syscall.ENOSPC}
	}
	return n, err
}

// TestFullDiskKeepsEndOfStderr appends a trial with a long stderr to a full disk, on a
// file system that reserves no space.
func TestFullDiskKeepsEndOfStderr(t *testing.T) {
	header := encode(t, sampleEntries()[0])
	disk := smallDisk{newStrictFS(nil), int64(len(header)) + 2000}
	w, err := create(disk, lossyJournal)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(sampleEntries()[0]); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ö", 20000) + "the end of stderr"
	before := len(disk.Done)
	trial := &Trial{Trial: 1, Round: 1, Phase: Measured, Status: Failed, Stderr: long}
	if err := w.Append(Entry{Trial: trial}); err != nil {
		t.Fatal(err)
	}
	if did := strings.Join(disk.Done[before:], ", "); strings.Count(did, "sync ") != 1 {
		t.Errorf("the operations are %s, want one sync", did)
	}
	if trial.Stderr != long {
		t.Error("the caller's trial was changed")
	}
	log := readDisk(t, disk.strictFS)
	got := log.Trials[0].Stderr
	if len(got) > shortStderr || len(got) < shortStderr-2 || !strings.HasSuffix(long, got) {
		t.Errorf("its stderr has %d bytes and ends in %.30q", len(got), got[max(0, len(got)-30):])
	}

	// If even the shortened entry does not fit, the journal does not change.
	if err := w.Append(Entry{Trial: trial}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	if again := readDisk(t, disk.strictFS); again.End != log.End || again.Torn != 0 {
		t.Errorf("it ends at %d with %d torn bytes, want %d and none", again.End, again.Torn, log.End)
	}
	// A short entry still fits.
	if err := w.Append(Entry{Note: &Note{Kind: NoteFault, Text: "full"}}); err != nil {
		t.Error(err)
	}
	if again := readDisk(t, disk.strictFS); len(again.Notes) != 1 {
		t.Errorf("%d notes are there, want 1", len(again.Notes))
	}
}

// readDisk reads the journal as programs see it.
func readDisk(t *testing.T, fsys *strictFS) *Log {
	t.Helper()
	f, err := fsys.OpenFile(lossyJournal, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 1<<20)
	n, _ := f.ReadAt(data, 0)
	log, err := Read(bytes.NewReader(data[:n]))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// BenchmarkAppend appends typical trials. The budget is 1 for syncs/op.
func BenchmarkAppend(b *testing.B) {
	counted := &countingFiles{FS: durable.OS}
	w, err := create(counted, filepath.Join(b.TempDir(), FileName))
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	run := typicalRun(50)
	if err := w.Append(Entry{Run: run}); err != nil {
		b.Fatal(err)
	}
	trial := typicalTrial(run, 0, seeded())
	counted.syncs = 0
	for b.Loop() {
		if err := w.Append(Entry{Trial: trial}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(counted.syncs)/float64(b.N), "syncs/op")
}

// countingFiles counts the syncs of files.
type countingFiles struct {
	durable.FS
	syncs int
}

func (c *countingFiles) OpenFile(path string, flag int, perm os.FileMode) (durable.File, error) {
	f, err := c.FS.OpenFile(path, flag, perm)
	return countingFile{f, c}, err
}

type countingFile struct {
	durable.File
	of *countingFiles
}

func (f countingFile) Sync() error {
	f.of.syncs++
	return f.File.Sync()
}
