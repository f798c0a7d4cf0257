package durable

import (
	"errors"
	"io"
	"os"
	"runtime"
)

// FS is the part of a file system that files are kept with which only grow or are
// replaced. What is written here goes to the disk through it alone, so that the same
// code runs on the real file system and, in the tests of package journal, on one that
// loses with the power everything that was not synced.
type FS interface {
	// OpenFile is like os.OpenFile.
	OpenFile(path string, flag int, perm os.FileMode) (File, error)
	// SyncDir makes the names in a directory durable: which there are, and which
	// files they lead to. Syncing a file does not; see fsync(2).
	SyncDir(dir string) error
	// Rename is like os.Rename: to leads to the file of from at once, whatever
	// it led to before.
	Rename(from, to string) error
	// Remove is like os.Remove.
	Remove(path string) error
}

// A File is read and written at offsets. What was written is durable once Sync
// has returned.
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
		return nil, err // and no File at all, which a nil *os.File would be
	}
	return f, nil
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }

func (system) Remove(path string) error { return os.Remove(path) }

func (system) SyncDir(dir string) error {
	if runtime.GOOS == "windows" { // which cannot open a directory, and makes its names durable with the file
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
