package dirio

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// A TreeState describes a directory and everything below it at one moment, without reading
// file contents: names, kinds, permissions, sizes, inodes and times. It includes the time of
// the last change of each entry (ctime), which no program can set. So a changed file is
// detected even if its old modification time was restored. States can be compared while the
// file system stays mounted.
type TreeState struct {
	// Sum is a digest of all entries: the exclusive or of one digest per entry. So the order
	// of the entries does not matter, and they need not be sorted in memory.
	Sum [sha256.Size]byte
	// Changed is the entry with the latest change, slash-separated and relative; "." is the
	// directory itself. After a removal it is the directory that contained the entry.
	Changed string
	At      time.Time // time of that change
}

// StateOfTree returns the state of an existing tree, including the file systems that are
// mounted in it.
func StateOfTree(ctx context.Context, path string) (TreeState, error) {
	dir, err := OpenTree(path)
	if err != nil {
		return TreeState{}, err
	}
	return stateOf(ctx, dir)
}

// StateOf returns the state of a directory below the workspace. It returns an error if
// something is mounted in it.
func StateOf(ctx context.Context, dirs opener, path string) (TreeState, error) {
	dir, err := OpenBelow(dirs, path)
	if err != nil {
		return TreeState{}, err
	}
	return stateOf(ctx, dir)
}

// stateOf reads all entries and closes the directory. It does not descend into a directory
// whose name is longer than MaxNameLength: a survey refuses such a tree. It leaves out the
// content of a directory without permission, which a survey refuses or leaves out too.
func stateOf(ctx context.Context, dir Directory) (s TreeState, err error) {
	defer dir.Close()
	self, err := dir.Top.entries()
	if err != nil {
		return s, fmt.Errorf("%s: %w", dir.Path, err)
	}
	defer self.Close()
	var line []byte
	add := func(at *os.File, name, last string) error {
		e, err := stateAt(at, last)
		if err != nil {
			return err
		}
		line = fmt.Appendf(line[:0], "%q %o %d %d %d %d", name, e.mode, e.size, e.inode, e.modified.UnixNano(), e.changed.UnixNano())
		for i, b := range sha256.Sum256(line) {
			s.Sum[i] ^= b
		}
		if s.Changed == "" || e.changed.After(s.At) {
			s.Changed, s.At = name, e.changed
		}
		return ctx.Err()
	}
	err = add(self, ".", ".")
	if err == nil {
		err = dir.walkEntries(func(at *os.File, name string, entry fs.DirEntry) (bool, error) {
			return len(name) <= MaxNameLength, add(at, name, entry.Name())
		}, ignoreDenied)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", dir.Path, err)
	}
	return s, err
}

// An entryState contains the properties of an entry that are known without opening it.
type entryState struct {
	mode              uint32 // in the format of the system
	size              int64
	inode             uint64 // 0 if unknown
	modified, changed time.Time
}
