package dirio

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Walk visits everything below the directory, a directory before what it holds.
// visit reports whether to go down into a directory. Names come in batches, so
// that a directory of a million files does not stand in memory.
func (d Directory) Walk(visit func(name string, kind fs.FileMode) (descend bool, err error)) error {
	return d.walkEntries(func(_ *os.File, name string, entry fs.DirEntry) (bool, error) {
		return visit(name, entry.Type())
	})
}

// walkEntries is Walk for a function that looks at entries: it is handed the open
// directory that each is in.
func (d Directory) walkEntries(visit func(in *os.File, name string, entry fs.DirEntry) (descend bool, err error)) (err error) {
	var way trail
	defer func() { err = errors.Join(err, way.close()) }()
	pending := []string{"."}
	for len(pending) > 0 {
		at := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		here, err := way.enter(d, at)
		if err != nil {
			return err
		}
		below, err := list(here, at, visit)
		if err != nil {
			return err
		}
		pending = append(pending, below...)
	}
	return nil
}

// list visits the entries of one folder, whose name is at, and returns those to go
// down into.
func list(here Folder, at string, visit func(*os.File, string, fs.DirEntry) (bool, error)) ([]string, error) {
	const batch = 1024
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

// A trail is the folders on the way to the one that a walk is in, the last few of
// them, kept open: what lies below is opened from there. From the top, every level
// of a deep tree would cost one look-up for each level above it.
type trail []step

// A step is a folder below the one before it.
type step struct {
	name string // relative to the directory
	Folder
}

// trailLength is how many folders are kept open. A trial may not have many files
// open, and to begin at the top now and then costs little.
const trailLength = 8

// enter opens the folder of a name below dir. It stays open until the trail leads
// elsewhere.
func (t *trail) enter(dir Directory, name string) (Folder, error) {
	if name == "." {
		return dir.Top, nil
	}
	from, rest := dir.Top, name
	for n := len(*t) - 1; n >= 0; n-- {
		last := (*t)[n]
		if below, ok := strings.CutPrefix(name, last.name+"/"); ok {
			from, rest = last.Folder, below
			break
		}
		*t = (*t)[:n]
		if err := last.Close(); err != nil {
			return Folder{}, err
		}
	}
	here, err := from.OpenFolder(rest, dir.across)
	if err != nil {
		return Folder{}, err
	}
	*t = append(*t, step{name, here})
	if len(*t) <= trailLength {
		return here, nil
	}
	first := (*t)[0]
	*t = slices.Delete(*t, 0, 1)
	return here, first.Close()
}

// close closes what is open.
func (t *trail) close() error {
	var errs []error
	for _, s := range *t {
		errs = append(errs, s.Close())
	}
	*t = nil
	return errors.Join(errs...)
}
