// Package durable writes derived files so that a reader sees either the whole new file or the
// old one, also after a power failure. It writes a temporary file, syncs it, renames it, and
// syncs the directory.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// WriteFile replaces the content of the file at path. Processes that have the old file open
// keep reading the old content.
func WriteFile(path string, data []byte) error {
	removeAbandoned(path, time.Now())
	return WriteFileOn(OS, path, data)
}

// WriteFileOn is like WriteFile, on any file system. It uses no library, because a library
// would bypass the FS interface. The tests of power failures would then test other code.
func WriteFileOn(fsys FS, path string, data []byte) error {
	return writeOn(fsys, path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteFrom is like WriteFile for a content that write writes in pieces.
func WriteFrom(path string, write func(io.Writer) error) error {
	removeAbandoned(path, time.Now())
	return writeOn(OS, path, write)
}

func writeOn(fsys FS, path string, write func(io.Writer) error) error {
	temp := temporary(path)
	err := writeNew(fsys, temp, write)
	if err == nil {
		err = fsys.Rename(temp, path)
	}
	if err != nil {
		fsys.Remove(temp)
		return withPath(path, err)
	}
	// Without this sync a power failure may undo the rename, although the data is stored.
	return fsys.SyncDir(filepath.Dir(path))
}

// withPath returns err with path in place of the temporary name.
func withPath(path string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return &fs.PathError{Op: pathErr.Op, Path: path, Err: pathErr.Err}
	case errors.As(err, &linkErr) && errors.Is(err, fs.ErrExist):
		return &fs.PathError{Op: "replace", Path: path, Err: errors.New("a directory is there; move it away")}
	case errors.As(err, &linkErr):
		return &fs.PathError{Op: "replace", Path: path, Err: linkErr.Err}
	}
	return err
}

// writeNew creates a file and returns after its content is on stable storage. If the file was
// renamed before that, a power failure could leave an empty file at path.
func writeNew(fsys FS, path string, write func(io.Writer) error) error {
	f, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err = write(io.NewOffsetWriter(f, 0)); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
