package dirio

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// A TreeState is what a directory and all below it looked like at one moment, as far
// as that can be told without reading a file: names, kinds, permissions, sizes,
// inodes and times. The time of the last change of an entry (ctime) is one of them,
// which no program can set: content that was changed and given its old times back
// shows itself. States can be compared while the file system stays mounted.
type TreeState struct {
	// Sum is a digest of all entries. It is the exclusive or of a digest of each, so
	// that they may come in any order, and need not be in memory to be sorted.
	Sum [sha256.Size]byte
	// Changed is the entry that changed last, slash-separated and relative; "." is
	// the directory itself. Where an entry was removed, it is the directory that the
	// entry was in.
	Changed string
	At      time.Time // when it changed
}

// StateOfTree returns the state of somebody's tree, the file systems that are mounted
// in it included.
func StateOfTree(ctx context.Context, path string) (TreeState, error) {
	dir, err := OpenTree(path)
	if err != nil {
		return TreeState{}, err
	}
	return stateOf(ctx, dir)
}

// StateOf returns the state of a directory below the run's own. It is an error if
// something is mounted in it.
func StateOf(ctx context.Context, dirs opener, path string) (TreeState, error) {
	dir, err := OpenBelow(dirs, path)
	if err != nil {
		return TreeState{}, err
	}
	return stateOf(ctx, dir)
}

// stateOf looks at all entries and closes the directory. It goes down no further than a
// survey does, which refuses longer names.
func stateOf(ctx context.Context, dir Directory) (s TreeState, err error) {
	defer dir.Close()
	self, err := dir.Top.entries()
	if err != nil {
		return s, err
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
		})
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", dir.Path, err)
	}
	return s, err
}

// An entryState is what there is to know of an entry without opening it.
type entryState struct {
	mode              uint32 // as the system has it
	size              int64
	inode             uint64 // 0 where it is not known
	modified, changed time.Time
}
