package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// An openedDirectory is open together with its parent. Work in it uses its own descriptor, so
// it stays the same directory if it is moved. Removing it uses the parent, which allows a
// check that the name still leads to the same directory.
type openedDirectory struct {
	parent directory
	name   string
	dir    directory
	self   fs.FileInfo // describes dir
}

// makeNew creates a directory, which must not exist, and opens it.
func makeNew(parent, name string) (*openedDirectory, error) {
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
	// Between the two calls another user may have put a directory there.
	entries, err := d.dir.names(-1)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s was just created but already contains %q: another program put it there; it is left unchanged", d.path(), entries[0])
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// openExisting opens an existing directory.
func openExisting(parent, name string) (*openedDirectory, error) {
	above, err := openDirectory(parent)
	if err != nil {
		return nil, err
	}
	return open(above, name)
}

// open opens the directory, and closes parent if that fails. It refuses a link, even if the
// link leads only to a directory in the same parent.
func open(parent directory, name string) (*openedDirectory, error) {
	d := &openedDirectory{parent: parent, name: name}
	info, err := parent.lstat(name)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory but %s; it is left unchanged", d.path(), regular.KindOf(info.Mode()))
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

func (d *openedDirectory) path() string { return filepath.Join(d.parent.Name(), d.name) }

// check returns an error if the name no longer leads to this directory.
func (d *openedDirectory) check() error {
	now, err := d.parent.lstat(d.name)
	if err != nil {
		return fmt.Errorf("%s is no longer where it was: %w", d.path(), err)
	}
	if !now.IsDir() || !os.SameFile(now, d.self) {
		return fmt.Errorf("%s is no longer the directory that was opened: %s was put in its place; it is left unchanged", d.path(), regular.KindOf(now.Mode()))
	}
	return nil
}

// remove removes the directory and closes it. The system refuses to remove a directory that is
// not empty.
func (d *openedDirectory) remove() error {
	err := d.dir.Close() // Windows cannot remove an open directory
	if err == nil {
		err = d.check()
	}
	if err == nil {
		err = d.parent.rmdir(d.name)
	}
	return errors.Join(err, d.parent.Close())
}

func (d *openedDirectory) close() error { return errors.Join(d.dir.Close(), d.parent.Close()) }
