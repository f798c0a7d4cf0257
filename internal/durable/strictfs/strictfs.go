// Package strictfs is a file system in memory that keeps no promise which the
// real ones do not make. It is for tests: they cut the power after any operation
// and look at every disk that may be left.
//
// What a program sees and what the disk holds are two things here. Content
// reaches the disk for certain by File.Sync, names by FS.SyncDir. Without that,
// each change may or may not be there after the power has failed, on its own and
// in any order; of data that was written, any beginning, with the size of the
// whole and zeros for the rest or without.
package strictfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
)

// ErrPowerLost is what every operation comes to once the power is gone.
var ErrPowerLost = errors.New("the power is lost")

// FS is a file system; every directory is there. It is not safe for concurrent use.
type FS struct {
	// Done lists the operations so far, those that change nothing left out.
	Done []string

	cut     int // operations until the power fails; -1: it does not
	names   map[string]*inode
	onDisk  map[string]*inode
	pending []naming
}

// A naming is a change of one name; a file of nil takes the name away.
type naming struct {
	path string
	file *inode
}

var _ durable.FS = (*FS)(nil)

// New is a file system that holds some files, all of them safe on its disk, and
// whose power does not fail.
func New(files map[string][]byte) *FS {
	fsys := &FS{cut: -1, names: map[string]*inode{}, onDisk: map[string]*inode{}}
	for path, content := range files {
		file := &inode{content: bytes.Clone(content), synced: bytes.Clone(content)}
		fsys.names[path], fsys.onDisk[path] = file, file
	}
	return fsys
}

// CutPowerAfter lets the power fail once that many operations are done.
func (fsys *FS) CutPowerAfter(operations int) { fsys.cut = operations }

// begin takes an operation down, or says that it is too late for it.
func (fsys *FS) begin(format string, a ...any) error {
	if fsys.cut >= 0 && len(fsys.Done) >= fsys.cut {
		return ErrPowerLost
	}
	fsys.Done = append(fsys.Done, fmt.Sprintf(format, a...))
	return nil
}

// OpenFile knows the flags os.O_CREATE and os.O_EXCL; the others are ignored.
func (fsys *FS) OpenFile(path string, flag int, _ os.FileMode) (durable.File, error) {
	file := fsys.names[path]
	switch {
	case file == nil && flag&os.O_CREATE == 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case file != nil && flag&os.O_EXCL != 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	case file == nil:
		if err := fsys.begin("create %s", path); err != nil {
			return nil, err
		}
		file = &inode{}
		fsys.name(path, file)
	}
	return &handle{fsys, path, file}, nil
}

// Rename gives and takes a name; after a power failure either may be missing.
func (fsys *FS) Rename(from, to string) error {
	file := fsys.names[from]
	if file == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrNotExist}
	}
	if err := fsys.begin("rename %s to %s", from, to); err != nil {
		return err
	}
	fsys.name(to, file)
	fsys.name(from, nil)
	return nil
}

// Remove takes a name away.
func (fsys *FS) Remove(path string) error {
	if fsys.names[path] == nil {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	if err := fsys.begin("remove %s", path); err != nil {
		return err
	}
	fsys.name(path, nil)
	return nil
}

// SyncDir brings the names in a directory to the disk.
func (fsys *FS) SyncDir(dir string) error {
	if err := fsys.begin("sync the names of %s", dir); err != nil {
		return err
	}
	var elsewhere []naming
	for _, n := range fsys.pending {
		if filepath.Dir(n.path) == dir {
			n.apply(fsys.onDisk)
		} else {
			elsewhere = append(elsewhere, n)
		}
	}
	fsys.pending = elsewhere
	return nil
}

func (fsys *FS) name(path string, file *inode) {
	n := naming{path, file}
	n.apply(fsys.names)
	fsys.pending = append(fsys.pending, n)
}

func (n naming) apply(names map[string]*inode) {
	if n.file == nil {
		delete(names, n.path)
		return
	}
	names[n.path] = n.file
}

// A handle is a file that was opened.
type handle struct {
	fsys *FS
	path string
	file *inode
}

func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(h.file.content)) {
		return 0, io.EOF
	}
	n := copy(p, h.file.content[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	if err := h.fsys.begin("write %d bytes to %s at %d", len(p), h.path, at); err != nil {
		return 0, err
	}
	h.file.change(change{at: at, data: append([]byte{}, p...)})
	return len(p), nil
}

func (h *handle) Truncate(size int64) error {
	if err := h.fsys.begin("truncate %s to %d", h.path, size); err != nil {
		return err
	}
	h.file.change(change{at: size})
	return nil
}

func (h *handle) Sync() error {
	if err := h.fsys.begin("sync %s", h.path); err != nil {
		return err
	}
	h.file.synced, h.file.pending = bytes.Clone(h.file.content), nil
	return nil
}

func (h *handle) Close() error { return nil }
