// Package durable writes derived files so that a reader, and a machine whose
// power fails, sees the whole file or the old one, never half of it: a
// temporary file, a sync, a rename, and a sync of the directory.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// WriteFile puts data under a name. The file is new to whoever opens it: an old
// one stays as it was for those who have it open.
func WriteFile(path string, data []byte) error {
	removeAbandoned(path, time.Now())
	return WriteFileOn(OS, path, data)
}

// WriteFileOn is WriteFile on any file system. No library does this: one that
// does goes past the interface, and what the tests cut the power of would not be
// what runs.
func WriteFileOn(fsys FS, path string, data []byte) error {
	temp := temporary(path)
	err := writeNew(fsys, temp, data)
	if err == nil {
		err = fsys.Rename(temp, path)
	}
	if err != nil {
		fsys.Remove(temp) // it is of no use to anybody
		return about(path, err)
	}
	// Without this the rename may be lost with the power, though not the data.
	return fsys.SyncDir(filepath.Dir(path))
}

// about is an error that speaks of the file, and not of its temporary name.
func about(path string, err error) error {
	var on *fs.PathError
	var between *os.LinkError
	switch {
	case errors.As(err, &on):
		return &fs.PathError{Op: on.Op, Path: path, Err: on.Err}
	case errors.As(err, &between) && errors.Is(err, fs.ErrExist):
		return &fs.PathError{Op: "replace", Path: path, Err: errors.New("a directory is there; move it away")}
	case errors.As(err, &between):
		return &fs.PathError{Op: "replace", Path: path, Err: between.Err}
	}
	return err
}

// writeNew makes a file and returns once its content is on stable storage. A
// name that led to it before that could lead to an empty file after a power
// failure.
func writeNew(fsys FS, path string, data []byte) error {
	f, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(data, 0); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
