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

// FileName is the journal's name in the directory of a run.
const FileName = "trials.jsonl"

// A Writer appends entries to a journal. It is not safe for concurrent use: one
// run has one journal and writes it from one place.
type Writer struct {
	file durable.File
	end  int64 // where the last whole line ends
	// reserved is up to where the file has room for certain.
	reserved int64
	path     string        // absolute
	changed  *ChangedError // once others have changed the file
}

// Create makes a new journal; one that exists is an error.
func Create(path string) (*Writer, error) { return create(durable.OS, path) }

func create(files durable.FS, path string) (*Writer, error) {
	f, err := files.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	// Without this the file's name may be lost with the power, and every
	// record in it.
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

// newWriter locks the file: one that is deleted keeps no other process out.
func newWriter(f durable.File, path string, end int64) (*Writer, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if file, ok := f.(*os.File); ok && errors.Is(regular.Lock(file), regular.ErrLocked) {
		return nil, &heldError{Dir: filepath.Dir(abs)}
	}
	return &Writer{file: f, end: end, path: abs}, nil
}

// Open goes on with a journal that was read as log: a line that was never
// written whole is cut off. Nothing that was read is touched. The directory must
// be held, so that nobody else writes.
func Open(path string, log *Log) (*Writer, error) { return open(durable.OS, path, log) }

func open(files durable.FS, path string, log *Log) (*Writer, error) {
	f, err := files.OpenFile(path, os.O_RDWR|regular.NonBlock, 0)
	if err != nil {
		return nil, err
	}
	if file, ok := f.(*os.File); ok {
		err = regular.Check(file) // what was read may have been replaced
	}
	var w *Writer
	if err == nil {
		w, err = newWriter(f, path, log.End)
	}
	if err == nil {
		err = w.mend(log)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	w.reserve(0)
	return w, nil
}

// mend makes the file end in the line feed of its last whole line.
func (w *Writer) mend(log *Log) error {
	end := make([]byte, 1)
	if _, err := w.file.ReadAt(end, w.end-1); err != nil {
		return fmt.Errorf("it is shorter than when it was read: %w", err)
	}
	if n, _ := w.file.ReadAt(make([]byte, 1), w.end+int64(log.Torn)); n > 0 {
		return fmt.Errorf("it has grown since it was read, to more than %d bytes: another process writes it", w.end+int64(log.Torn))
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

// Append writes one entry and returns once it is on stable storage. If it cannot
// be written whole, the journal is cut back to its last whole line, so that a
// full disk leaves a sound file behind. Of a trial that does not fit for all that
// it wrote to its stderr, the end of that is kept. What Read would take for damage is
// not written at all.
func (w *Writer) Append(e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("an entry for the journal is none that could be read again: %w", err)
	}
	if err := w.Check(); err != nil {
		return err
	}
	line, err := encodeLine(e)
	if err != nil {
		return err
	}
	shortened, shorter := brief(e)
	if !shorter {
		w.reserve(len(line))
		return w.write(line)
	}
	// The whole line is not even tried where there is no room for it: what is
	// written in vain is cut off again, and the reserve with it.
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

// write puts a line behind the others.
func (w *Writer) write(line []byte) error {
	_, err := w.file.WriteAt(line, w.end)
	if err == nil {
		err = w.file.Sync()
	}
	if err != nil {
		if cut := w.file.Truncate(w.end); cut != nil {
			return fmt.Errorf("%w (and the line could not be cut off again: %w)", err, cut)
		}
		w.reserved = 0 // cutting a file frees what is behind the cut
		return err
	}
	w.end += int64(len(line))
	return nil
}

// Close gives the reserved space back and closes the file. What was appended is
// safe already: that the file cannot be cut to its length is no loss. A file that
// others have changed is left as it is.
func (w *Writer) Close() error {
	if w.Check() == nil {
		w.file.Truncate(w.end)
	}
	return w.file.Close()
}

// briefStderr is how many bytes of a trial's stderr are worth keeping when there
// is no room for more: the last words.
const briefStderr = 1 << 10

// brief is an entry with little stderr, and whether that makes it shorter.
func brief(e Entry) (Entry, bool) {
	if e.Trial == nil || len(e.Trial.Stderr) <= briefStderr {
		return e, false
	}
	t := *e.Trial
	t.Stderr = t.Stderr[len(t.Stderr)-briefStderr:]
	for len(t.Stderr) > 0 && !utf8.RuneStart(t.Stderr[0]) {
		t.Stderr = t.Stderr[1:]
	}
	return Entry{Trial: &t}, true
}
