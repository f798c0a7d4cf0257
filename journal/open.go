package journal

import (
	"fmt"
	"os"

	"iosweep/internal/durable"
	"iosweep/internal/regular"
)

// Open goes on with a journal that was read as log: a line that was never
// written whole is cut off. Nothing that was read is touched. The directory must
// be held, so that nobody else writes.
func Open(path string, log *Log) (*Writer, error) { return open(durable.OS, path, log) }

func open(files durable.Files, path string, log *Log) (*Writer, error) {
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
