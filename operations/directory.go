package operations

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A directory is where a task finds or leaves its items. Names are slash-
// separated and relative; none of them leads out of it, not even by a symbolic
// link.
type directory struct {
	top    folder
	path   string // for messages: it is never opened again
	across bool   // mounts may be crossed: it is somebody's tree, and only read
	direct bool   // items are read past the page cache
}

// openDirectory opens a directory below the run's own, beneath its descriptor. All
// that a trial writes or removes is in one that was opened so.
func openDirectory(site Site, path string) (directory, error) {
	f, err := site.Dirs.Open(path)
	if err != nil {
		return directory{}, err
	}
	top, err := folderOf(f)
	return directory{top: top, path: path}, errors.Join(err, f.Close())
}

// openTree opens the workload's own tree, which is somebody's and is only read, by
// its path. A tree may have other file systems mounted in it.
func openTree(path string) (directory, error) {
	top, err := openFolder(path)
	return directory{top: top, path: path, across: true}, err
}

// openFound opens the directory with the items that an operation finds: the
// workload's own tree, where it only reads, or else one below the run's own.
func openFound(site Site) (directory, error) {
	if site.Workload.From != "" && site.Input == site.Workload.From {
		return openTree(site.Input)
	}
	return openDirectory(site, site.Input)
}

// openInput is openFound for items that are read as the site's cache axis has it.
func openInput(site Site) (directory, error) {
	dir, err := openFound(site)
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

// openFolder opens a folder anywhere below the directory.
func (d directory) openFolder(name string) (folder, error) {
	return d.top.openFolderIn(name, d.across)
}

// file opens a file right in the directory.
func (d directory) file(name string, flags int) (*os.File, error) {
	return d.top.file(name, filepath.Join(d.path, name), flags)
}

// regular opens a regular file right in the directory for reading, and refuses
// anything else that stands in its place.
func (d directory) regular(name string) (*os.File, error) {
	f, err := d.file(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is a %s: a file has to stand there", f.Name(), kindOf(info.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// create makes a file that does not exist yet, for writing.
func (d directory) create(name string) (*os.File, error) {
	return d.file(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
}

// Close closes the directory.
func (d directory) Close() error { return d.top.Close() }

// longestName is how long the name of an item may be, relative to its directory, in
// bytes. The kernel takes paths of 4095 (PATH_MAX in path_resolution(7)), and an
// operation puts a worker's directory in front of a name, or renamedSuffix behind it.
const longestName = 4095 - 64

// walk visits everything below the directory, a directory before what it holds.
// visit says whether to go down into a directory. Names come in batches, so
// that a directory of a million files does not stand in memory.
func (d directory) walk(visit func(name string, kind fs.FileMode) (descend bool, err error)) error {
	return d.walkEntries(func(_ *os.File, name string, entry fs.DirEntry) (bool, error) {
		return visit(name, entry.Type())
	})
}

// walkEntries is walk for a function that looks at entries: it is handed the open
// directory that each is in.
func (d directory) walkEntries(visit func(in *os.File, name string, entry fs.DirEntry) (descend bool, err error)) (err error) {
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
func list(here folder, at string, visit func(*os.File, string, fs.DirEntry) (bool, error)) ([]string, error) {
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
	folder
}

// trailLength is how many folders are kept open. A trial may not have many files
// open, and to begin at the top now and then costs little.
const trailLength = 8

// enter opens the folder of a name below dir. It stays open until the trail leads
// elsewhere.
func (t *trail) enter(dir directory, name string) (folder, error) {
	if name == "." {
		return dir.top, nil
	}
	from, rest := dir.top, name
	for n := len(*t) - 1; n >= 0; n-- {
		last := (*t)[n]
		if below, ok := strings.CutPrefix(name, last.name+"/"); ok {
			from, rest = last.folder, below
			break
		}
		*t = (*t)[:n]
		if err := last.Close(); err != nil {
			return folder{}, err
		}
	}
	here, err := from.openFolderIn(rest, dir.across)
	if err != nil {
		return folder{}, err
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
	here, err := dir.openFolder(at)
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

// closeCursors closes all of them.
func closeCursors(cursors []cursor) error {
	var errs []error
	for i := range cursors {
		errs = append(errs, cursors[i].Close())
	}
	return errors.Join(errs...)
}
