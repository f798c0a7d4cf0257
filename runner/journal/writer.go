package journal

import (
	"fmt"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
)

// FileName is the journal's name in the directory of a run.
const FileName = "trials.jsonl"

// A Writer appends entries to a journal. It is not safe for concurrent use: one
// run has one journal and writes it from one place.
type Writer struct {
	file *os.File
	end  int64 // where the last whole line ends
}

// Create makes a new journal; one that exists is an error.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	// Without this the file's name may be lost with the power, and every
	// record in it.
	if err := durable.SyncDir(filepath.Dir(path)); err != nil {
		f.Close()
		return nil, err
	}
	return &Writer{file: f}, nil
}

// Append writes one entry and returns once it is on stable storage. If it
// cannot be written whole, the journal is cut back to its last whole line, so
// that a full disk leaves a sound file behind.
func (w *Writer) Append(e Entry) error {
	line, err := encodeLine(e)
	if err != nil {
		return err
	}
	_, err = w.file.WriteAt(line, w.end)
	if err == nil {
		err = w.file.Sync()
	}
	if err != nil {
		if cut := w.file.Truncate(w.end); cut != nil {
			return fmt.Errorf("%w (and the line could not be cut off again: %w)", err, cut)
		}
		return err
	}
	w.end += int64(len(line))
	return nil
}

// Close closes the file; what was appended is safe already.
func (w *Writer) Close() error { return w.file.Close() }
