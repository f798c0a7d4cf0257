package dirio

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// Walk visits everything below the directory; it visits a directory before its content. visit
// reports whether to descend into a directory. Names are read in batches, so that a directory
// with a million files does not fill the memory.
func (d Directory) Walk(visit func(name string, kind fs.FileMode) (descend bool, err error)) error {
	return d.WalkReadable(visit, func(_ string, err error) error { return err })
}

// WalkReadable is like Walk, and calls denied for each directory whose entries this user may not
// list or look up. It continues unless denied returns an error.
func (d Directory) WalkReadable(visit func(name string, kind fs.FileMode) (descend bool, err error), denied func(name string, err error) error) error {
	return d.walkEntries(func(_ *os.File, name string, entry fs.DirEntry) (bool, error) {
		return visit(name, entry.Type())
	}, denied)
}

// An EntryState describes an entry of a directory that was not opened.
type EntryState struct {
	Mode    fs.FileMode // kind and permissions
	Size    int64
	Changed time.Time // the last change of the entry or its content (ctime)
}

// WalkStates is like WalkReadable, and passes the state of each entry. It leaves out entries that
// are removed at the same time.
func (d Directory) WalkStates(visit func(name string, state EntryState) error, denied func(name string, err error) error) error {
	return d.walkEntries(func(in *os.File, name string, entry fs.DirEntry) (bool, error) {
		e, err := stateAt(in, entry.Name())
		if err != nil {
			return false, ignoreMissing(err)
		}
		return len(name) <= MaxNameLength, visit(name, EntryState{entry.Type() | fs.FileMode(e.mode)&fs.ModePerm, e.size, e.changed})
	}, denied)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func ignoreDenied(string, error) error { return nil }

// walkEntries is like WalkReadable, and passes the open directory of each entry to visit.
func (d Directory) walkEntries(visit func(in *os.File, name string, entry fs.DirEntry) (descend bool, err error), denied func(name string, err error) error) error {
	pending := []string{"."}
	for len(pending) > 0 {
		at := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		dir, err := d.openEntries(at)
		if at != "." && errors.Is(err, fs.ErrPermission) {
			if err := denied(at, err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		below, err := list(dir, at, visit)
		dir.Close() // it was only read
		if err != nil {
			return err
		}
		pending = append(pending, below...)
	}
	return nil
}

// openEntries opens the folder at a name, to read its entries.
//
// It opens the folder from the top each time. Keeping the folders above it open would save
// lookups only in trees with hundreds of levels, and needs one descriptor per folder.
func (d Directory) openEntries(at string) (*os.File, error) {
	here, err := d.openFolder(at)
	if err != nil {
		return nil, err
	}
	defer here.Close()
	return here.entries()
}

// list visits the entries of the open folder at a name, and returns the directories to descend
// into.
func list(dir *os.File, at string, visit func(*os.File, string, fs.DirEntry) (bool, error)) ([]string, error) {
	const batch = 1024
	var below []string
	for {
		entries, err := dir.ReadDir(batch)
		for _, entry := range entries {
			name := path.Join(at, entry.Name())
			descend, err := visit(dir, name, entry)
			if err != nil {
				return nil, err
			}
			if descend && entry.IsDir() {
				below = append(below, name)
			}
		}
		if err == io.EOF {
			return below, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
