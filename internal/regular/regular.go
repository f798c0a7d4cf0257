// Package regular opens files that others may have put there: results, locks,
// experiments and scripts. Under such a name may stand a named pipe, which makes
// whoever opens it wait for a writer, a device, which never ends, or a file without
// an end in sight. Here nothing waits, only regular files are opened, and no more is
// read than the caller asked for.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	// ErrLocked says that another process has locked a file.
	ErrLocked = errors.New("locked by another process")
	// ErrNotWritable says that a file has to be open for writing to be locked, as on NFS.
	ErrNotWritable = errors.New("locked only if it is open for writing")
)

// Open opens a file for reading. Links are followed. What is no regular file in the
// end is an error, an *fs.PathError that names it.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is os.OpenFile for regular files alone; see Open.
func OpenFile(path string, flag int, perm os.FileMode) (*os.File, error) {
	// To open a device may rewind a tape or start a watchdog, so the name is looked at
	// first. It may lead elsewhere by the time it is opened: what counts is the second
	// look, at what was opened.
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

// Check returns an error if an open file is no regular one.
func Check(f *os.File) error {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = irregular(f.Name(), info.Mode())
	}
	return err
}

func irregular(path string, mode fs.FileMode) error {
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is %s, and has to be a regular file", KindOf(mode))}
}

// ReadFile reads a whole file of at most so many bytes. A larger one is an error, and
// is not read.
func ReadFile(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, most)
}

// Read reads the rest of an open file, which is at most so many bytes.
func Read(f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if size := info.Size(); size > most {
		return nil, tooLarge(f, fmt.Sprintf("it has %d bytes", size), most)
	}
	// It may grow meanwhile, and files of some file systems have no size.
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = tooLarge(f, "it has more bytes than that", most)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

func tooLarge(f *os.File, found string, most int64) error {
	return &fs.PathError{Op: "read", Path: f.Name(), Err: fmt.Errorf("%s, and at most %d are allowed", found, most)}
}

// Kind names what a file is by its mode: "named pipe".
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

// KindOf is Kind with its article: "a named pipe".
func KindOf(mode fs.FileMode) string { return "a " + Kind(mode) }
