package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
)

// A ChangedError reports that another process changed the journal. The Writer then writes
// nothing more. In a truncated file, the next line would come after a gap of zeros. After
// the data of another process, it would come after damage.
type ChangedError struct {
	Path   string
	Reason string // the change, and where the records are now
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("the journal %s was changed by another process: %s", e.Path, e.Reason)
}

// Check reports changes that other processes made to the journal since the last entry: it
// was moved, removed, replaced, truncated or appended to. The error is a *ChangedError.
// If the file no longer has a name, Check first copies its records to a new file beside
// the results directory. It does not check a journal on a file system other than
// durable.OS.
func (w *Writer) Check() error {
	if file, ok := w.file.(*os.File); ok && w.changed == nil {
		if reason := w.whatChanged(file); reason != "" {
			w.changed = &ChangedError{w.path, reason}
		}
	}
	if w.changed != nil {
		return w.changed
	}
	return nil
}

// whatChanged compares the open file with its last known size and with the file that now
// has its name.
func (w *Writer) whatChanged(file *os.File) string {
	ours, err := file.Stat()
	if err != nil {
		return "cannot examine it: " + err.Error()
	}
	if size := ours.Size(); size < w.end {
		return fmt.Sprintf("its size was %d bytes and is now %d; the missing bytes are lost", w.end, size)
	} else if size > w.end {
		return fmt.Sprintf("its size was %d bytes and is now %d: another process is writing it\nto continue, keep a copy and truncate the file to its first %d bytes", w.end, size, w.end)
	}
	now, err := os.Stat(w.path)
	if err == nil && os.SameFile(now, ours) {
		return ""
	}
	what := "another file replaced it"
	if err != nil {
		what = "it is no longer there"
	}
	if at := pathOf(file); at != "" {
		return fmt.Sprintf("%s; it is now %s\nto continue from there: iosweep resume %q", what, at, filepath.Dir(at))
	}
	at, err := w.rescue()
	if err != nil {
		return fmt.Sprintf("%s, and its records could not be saved: %v", what, err)
	}
	return fmt.Sprintf("%s; its records are now in %s\nto resume or report the run, move that file into a directory and name it %s", what, at, FileName)
}

// rescue writes the records of the journal to a new file beside the results directory.
func (w *Writer) rescue() (path string, err error) {
	for n := 1; ; n++ {
		path = fmt.Sprintf("%s-rescued.jsonl", filepath.Dir(w.path))
		if n > 1 {
			path = fmt.Sprintf("%s-rescued-%d.jsonl", filepath.Dir(w.path), n)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(f, io.NewSectionReader(w.file, 0, w.end))
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return "", err
		}
		return path, durable.OS.SyncDir(filepath.Dir(path))
	}
}

// pathOf returns the current path of an open file. It returns "" if the file has no name
// any more, or if the path is unknown, as on systems other than Linux: see
// proc_pid_fd(5).
func pathOf(f *os.File) string {
	at, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return ""
	}
	ours, err := f.Stat()
	if err != nil {
		return ""
	}
	if there, err := os.Stat(at); err != nil || !os.SameFile(there, ours) {
		return ""
	}
	return at
}
