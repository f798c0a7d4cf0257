package durable

import (
	"errors"
	"io"
	"os"
	"runtime"
)

// FS contains the file system calls for files that are appended to or replaced. WriteFile and
// the journal write only through it. So the same code runs on the real file system and, in the
// tests of package journal, on one that loses all unsynced data in a power failure.
type FS interface {
	// OpenFile is like os.OpenFile.
	OpenFile(path string, flag int, perm os.FileMode) (File, error)
	// SyncDir makes the entries of a directory durable: the names, and the files that they
	// refer to. Syncing a file does not do that; see fsync(2).
	SyncDir(dir string) error
	// Rename is like os.Rename: it replaces the file at to atomically.
	Rename(from, to string) error
	// Remove is like os.Remove.
	Remove(path string) error
}

// A File is read and written at offsets. Written data is durable after Sync returns.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// OS is the file system of the operating system.
var OS FS = system{}

type system struct{}

func (system) OpenFile(path string, flag int, perm os.FileMode) (File, error) {
	f, err := os.OpenFile(path, flag, perm)
	if err != nil {
		return nil, err // a nil *os.File would make a File that is not nil
	}
	return f, nil
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }

func (system) Remove(path string) error { return os.Remove(path) }

func (system) SyncDir(dir string) error {
	if runtime.GOOS == "windows" { // it cannot open a directory, and syncs the name together with the file
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
