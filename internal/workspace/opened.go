package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// An opened directory is held at both ends: by itself, so that what is done in it
// is done to it wherever it is moved, and by its parent, so that what is removed
// in the end is the same directory and not one that was put under its name.
type opened struct {
	parent directory
	name   string
	dir    directory
	self   fs.FileInfo // of dir
}

// makeNew makes a directory, which must not exist, and opens it.
func makeNew(parent, name string) (*opened, error) {
	above, err := openDirectory(parent)
	if err != nil {
		return nil, err
	}
	if err := above.mkdir(name); err != nil {
		return nil, errors.Join(err, above.Close())
	}
	d, err := open(above, name)
	if err != nil {
		return nil, err
	}
	// Between the two calls somebody may have put a directory of their own there.
	entries, err := d.dir.names(-1)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s was made new and yet holds %q: somebody else put it there, and it is left alone", d.path(), entries[0])
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// openExisting opens a directory that is there.
func openExisting(parent, name string) (*opened, error) {
	above, err := openDirectory(parent)
	if err != nil {
		return nil, err
	}
	return open(above, name)
}

// open takes over the parent. A link in place of the directory is refused, though
// it may lead no further than to a directory beside it.
func open(parent directory, name string) (*opened, error) {
	d := &opened{parent: parent, name: name}
	info, err := parent.lstat(name)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory but %s: it is left alone", d.path(), regular.KindOf(info.Mode()))
	}
	if err != nil {
		return nil, errors.Join(err, parent.Close())
	}
	if d.dir, err = parent.open(name); err != nil {
		return nil, errors.Join(err, parent.Close())
	}
	if d.self, err = d.dir.stat(); err == nil {
		err = d.check()
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *opened) path() string { return filepath.Join(d.parent.Name(), d.name) }

// check refuses a name that leads elsewhere than it did.
func (d *opened) check() error {
	now, err := d.parent.lstat(d.name)
	if err != nil {
		return fmt.Errorf("%s is no longer where it was: %w", d.path(), err)
	}
	if !now.IsDir() || !os.SameFile(now, d.self) {
		return fmt.Errorf("%s is no longer the directory that was opened but %s put in its place: it is left alone", d.path(), regular.KindOf(now.Mode()))
	}
	return nil
}

// remove removes the directory, which must be empty, and closes it. The system
// refuses to remove a directory that holds anything.
func (d *opened) remove() error {
	err := d.dir.Close() // Windows removes nothing that is open
	if err == nil {
		err = d.check()
	}
	if err == nil {
		err = d.parent.rmdir(d.name)
	}
	return errors.Join(err, d.parent.Close())
}

func (d *opened) close() error { return errors.Join(d.dir.Close(), d.parent.Close()) }
