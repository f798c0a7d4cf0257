package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf8"

	"iosweep/internal/durable"
	"iosweep/internal/regular"
)

// FileName is the name of the journal in a results directory.
const FileName = "trials.jsonl"

// A Writer appends entries to a journal. It is not safe for concurrent use: a run has one
// journal and one writer.
type Writer struct {
	file durable.File
	end  int64 // offset of the end of the last whole line
	// reserved is the offset up to which the file certainly has space.
	reserved int64
	path     string        // absolute
	changed  *ChangedError // set once another process has changed the file
}

// Create makes a new journal. It returns an error if the file exists.
func Create(path string) (*Writer, error) { return create(durable.OS, path) }

func create(files durable.FS, path string) (*Writer, error) {
	f, err := files.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	// Without this sync a power failure may lose the name of the file, and with it every
	// record.
	err = files.SyncDir(filepath.Dir(path))
	var w *Writer
	if err == nil {
		w, err = newWriter(f, path, 0)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	w.reserve(0)
	return w, nil
}

// newWriter also locks the journal itself, because the lock file may have been deleted.
func newWriter(f durable.File, path string, end int64) (*Writer, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if file, ok := f.(*os.File); ok && errors.Is(regular.Lock(file), regular.ErrLocked) {
		return nil, &LockedError{Dir: filepath.Dir(abs)}
	}
	return &Writer{file: f, end: end, path: abs}, nil
}

// Open continues a journal that was read as log. It cuts off a line that was not written
// completely, and leaves everything that was read. The caller must have locked the
// directory, so that no other process writes.
func Open(path string, log *Log) (*Writer, error) { return open(durable.OS, path, log) }

func open(files durable.FS, path string, log *Log) (*Writer, error) {
	f, err := files.OpenFile(path, os.O_RDWR|regular.NonBlock, 0)
	if err != nil {
		return nil, err
	}
	if file, ok := f.(*os.File); ok {
		err = regular.Check(file) // the file may have been replaced since it was read
	}
	var w *Writer
	if err == nil {
		w, err = newWriter(f, path, log.End)
	}
	if err == nil {
		err = w.repairEnd(log)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	w.reserve(0)
	return w, nil
}

// repairEnd makes the file end with the line feed of its last whole line.
func (w *Writer) repairEnd(log *Log) error {
	end := make([]byte, 1)
	if _, err := w.file.ReadAt(end, w.end-1); err != nil {
		return fmt.Errorf("it is shorter than when it was read: %w", err)
	}
	if n, _ := w.file.ReadAt(make([]byte, 1), w.end+int64(log.Torn)); n > 0 {
		return fmt.Errorf("it has grown since it was read, to more than %d bytes: another process is writing it", w.end+int64(log.Torn))
	}
	if log.Torn > 0 {
		if err := w.file.Truncate(w.end); err != nil {
			return err
		}
	}
	if end[0] != '\n' {
		if _, err := w.file.WriteAt([]byte("\n"), w.end); err != nil {
			return err
		}
		w.end++
	}
	return w.file.Sync()
}

// Append writes one entry and returns after it is on stable storage. If the write fails,
// Append truncates the journal to its last whole line, so a full disk leaves a valid
// file. If a trial does not fit because of its long stderr, Append keeps only the end of
// the stderr. It does not write an entry that Read would report as damage.
func (w *Writer) Append(e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("invalid journal entry, not written: %w", err)
	}
	if err := w.Check(); err != nil {
		return err
	}
	line, err := encodeLine(e)
	if err != nil {
		return err
	}
	shortened, shorter := shorten(e)
	if !shorter {
		w.reserve(len(line))
		return w.write(line)
	}
	// Do not write the whole line if there is no space for it. After a failed write, the
	// file is truncated. That would also free the reserve, which the shorter line needs.
	if w.reserve(len(line)) {
		if err = w.write(line); !isFull(err) {
			return err
		}
	}
	if line, err = encodeLine(shortened); err != nil {
		return err
	}
	return w.write(line)
}

// write appends a line to the file.
func (w *Writer) write(line []byte) error {
	_, err := w.file.WriteAt(line, w.end)
	if err == nil {
		err = w.file.Sync()
	}
	if err != nil {
		if cut := w.file.Truncate(w.end); cut != nil {
			return fmt.Errorf("%w (and the incomplete line could not be removed: %w)", err, cut)
		}
		w.reserved = 0 // truncating a file frees the blocks after its new end
		return err
	}
	w.end += int64(len(line))
	return nil
}

// Close truncates the file to its last entry, which frees the reserved space, and closes
// it. All entries are already on stable storage, so nothing is lost if that fails. Close
// does not truncate a file that another process has changed.
func (w *Writer) Close() error {
	if w.Check() == nil {
		w.file.Truncate(w.end)
	}
	return w.file.Close()
}

// shortStderr is the number of bytes of a trial's stderr to keep when there is no space
// for more. They are the last ones.
const shortStderr = 1 << 10

// shorten returns the entry with a shorter stderr, and reports whether the stderr was
// longer.
func shorten(e Entry) (Entry, bool) {
	if e.Trial == nil || len(e.Trial.Stderr) <= shortStderr {
		return e, false
	}
	t := *e.Trial
	t.Stderr = t.Stderr[len(t.Stderr)-shortStderr:]
	for len(t.Stderr) > 0 && !utf8.RuneStart(t.Stderr[0]) {
		t.Stderr = t.Stderr[1:]
	}
	return Entry{Trial: &t}, true
}
