// Package regular opens files that other users or programs may have created: results, locks,
// experiments and scripts. Such a path may lead to a named pipe, on which opening waits for a
// writer, to a device, which may never end, or to a huge file. The functions here never wait,
// open only regular files, and read at most the number of bytes that the caller allows.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	// ErrLocked reports that another process has locked a file.
	ErrLocked = errors.New("locked by another process")
	// ErrNotWritable reports that a file must be open for writing to be locked, as on NFS.
	ErrNotWritable = errors.New("locked only if it is open for writing")
)

// Open opens a file for reading. It follows links. If the path does not lead to a regular
// file, it returns an *fs.PathError.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is like os.OpenFile, but opens only regular files; see Open.
func OpenFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	// Opening a device may rewind a tape or start a watchdog, so the path is checked
	// before it is opened. Another file may replace it in between, so Check also checks
	// the open file.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, irregular(path, info.Mode())
	}
	f, err := os.OpenFile(path, flag|NonBlock, perm)
	if err != nil {
		return nil, err
	}
	if err := Check(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Check returns an error if an open file is not a regular file.
func Check(f *os.File) error {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = irregular(f.Name(), info.Mode())
	}
	return err
}

func irregular(path string, mode fs.FileMode) error {
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is %s, but must be a regular file", KindOf(mode))}
}

// ReadFile reads a whole file of at most limit bytes. If the file is larger, it returns an
// error and reads nothing.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, limit)
}

// Read reads the rest of an open file, which must have at most limit bytes.
func Read(f *os.File, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if size := info.Size(); size > limit {
		return nil, tooLarge(f, fmt.Sprintf("it has %d bytes", size), limit)
	}
	// The file may grow during the read, and some file systems report no size.
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = tooLarge(f, "it has more bytes", limit)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

func tooLarge(f *os.File, found string, limit int64) error {
	return &fs.PathError{Op: "read", Path: f.Name(), Err: fmt.Errorf("%s, but at most %d are allowed", found, limit)}
}

// Kind returns the kind of a file by its mode, for example "named pipe".
func Kind(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "file"
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode&fs.ModeCharDevice != 0:
		return "character device"
	case mode&fs.ModeDevice != 0:
		return "block device"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	}
	return "special file"
}

// KindOf returns the kind with its article, for example "a named pipe".
func KindOf(mode fs.FileMode) string { return "a " + Kind(mode) }
