package operations

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A directory is where a task finds or leaves its items. Names are slash-
// separated and relative; none of them leads out of it, not even by a symbolic
// link. What is timed goes through a cursor; what is not, through the root.
type directory struct {
	root   *os.Root
	top    folder
	direct bool // items are read past the page cache
}

// openDirectory opens the directory at an absolute path.
func openDirectory(path string) (directory, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return directory{}, err
	}
	top, err := openFolder(path)
	if err != nil {
		return directory{}, errors.Join(err, root.Close())
	}
	return directory{root: root, top: top}, nil
}

// openInput opens the directory with the items that an operation reads, to be
// read as the site's cache axis has it.
func openInput(site Site) (directory, error) {
	dir, err := openDirectory(site.Input)
	dir.direct = site.Cache == CacheDirect
	return dir, err
}

// openItem opens an item's file for reading; here is its folder below d.
func (d directory) openItem(here folder, name string) (openFile, error) {
	if d.direct {
		return here.openDirect(name)
	}
	return here.open(name)
}

// Close closes the directory; closing the zero value does nothing.
func (d directory) Close() error {
	if d.root == nil {
		return nil
	}
	return errors.Join(d.root.Close(), d.top.Close())
}

// create makes a file that does not exist yet, for writing.
func (d directory) create(name string) (*os.File, error) {
	return d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, madeMode)
}

// walk visits everything below the directory, a directory before what it holds.
// visit says whether to go down into a directory. Names come in batches, so
// that a directory of a million files does not stand in memory.
func (d directory) walk(visit func(name string, kind fs.FileMode) (descend bool, err error)) error {
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

// list visits the entries of one directory and returns those to go down into.
func (d directory) list(at string, visit func(string, fs.FileMode) (bool, error)) ([]string, error) {
	const batch = 1024
	dir, err := d.root.Open(at)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var below []string
	for {
		entries, err := dir.ReadDir(batch)
		for _, entry := range entries {
			name := path.Join(at, entry.Name())
			descend, err := visit(name, entry.Type())
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

// A cursor is the folder in which a worker's last item was, kept open: items
// come in the order of their names, so the next one is most likely in it too,
// and a path through the tree costs a look-up of every component each time.
type cursor struct {
	here folder
	at   string // relative to the directory; empty if none is open
}

// enter opens the folder of an item below dir, if it is not open still, and
// returns it with the item's name in it. place is the worker directory that the
// item is in, empty where there are none. A cursor is for one directory.
func (c *cursor) enter(dir directory, place, name string) (folder, string, error) {
	at, last := place, name
	if cut := strings.LastIndexByte(name, '/'); cut >= 0 {
		at, last = name[:cut], name[cut+1:]
		if place != "" {
			at = place + "/" + at
		}
	}
	if at == "" {
		return dir.top, last, nil
	}
	if at == c.at {
		return c.here, last, nil
	}
	if err := c.Close(); err != nil {
		return folder{}, "", err
	}
	here, err := dir.top.openFolderIn(dir.root, at)
	if err != nil {
		return folder{}, "", err
	}
	c.here, c.at = here, at
	return here, last, nil
}

// Close closes the folder that is open, if there is one.
func (c *cursor) Close() error {
	if c.at == "" {
		return nil
	}
	c.at = ""
	return c.here.Close()
}
