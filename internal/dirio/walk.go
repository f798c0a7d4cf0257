package dirio

import (
	"io"
	"io/fs"
	"os"
	"path"
)

// Walk visits everything below the directory; it visits a directory before its content. visit
// reports whether to descend into a directory. Names are read in batches, so that a directory
// with a million files does not fill the memory.
func (d Directory) Walk(visit func(name string, kind fs.FileMode) (descend bool, err error)) error {
	return d.walkEntries(func(_ *os.File, name string, entry fs.DirEntry) (bool, error) {
		return visit(name, entry.Type())
	})
}

// walkEntries is like Walk, and passes the open directory of each entry to visit.
func (d Directory) walkEntries(visit func(in *os.File, name string, entry fs.DirEntry) (descend bool, err error)) error {
	pending := []string{"."}
	for len(pending) > 0 {
		at := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		below, err := d.list(at, visit)
		if err != nil {
			return err
		}
		pending = append(pending, below...)
	}
	return nil
}

// list visits the entries of the folder at a name, and returns the directories to descend
// into.
//
// It opens the folder from the top each time. Keeping the folders above it open would save
// lookups only in trees with hundreds of levels, and needs one descriptor per folder.
func (d Directory) list(at string, visit func(*os.File, string, fs.DirEntry) (bool, error)) ([]string, error) {
	const batch = 1024
	here, err := d.openFolder(at)
	if err != nil {
		return nil, err
	}
	defer here.Close()
	dir, err := here.entries()
	if err != nil {
		return nil, err
	}
	defer dir.Close()
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
