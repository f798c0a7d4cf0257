package durable

import (
	"io"
	"os"
)

// Files is the part of a file system that a file which only grows is kept with.
// What is written here goes to the disk through these interfaces alone, so that
// the same code runs on the real file system and, in tests, on one that loses
// with the power everything that was not synced.
type Files interface {
	// OpenFile is like os.OpenFile.
	OpenFile(path string, flag int, perm os.FileMode) (File, error)
	// SyncDir makes the names in a directory durable: which there are, and which
	// files they lead to. Syncing a file does not; see fsync(2).
	SyncDir(dir string) error
}

// FS is Files with names that can change: what a file is replaced with.
type FS interface {
	Files
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

func (system) SyncDir(dir string) error { return syncDir(dir) }
