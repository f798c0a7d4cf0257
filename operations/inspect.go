package operations

import (
	"fmt"
	"io/fs"

	"iosweep/internal/regular"
)

// A status is what an open file is.
type status struct {
	mode   fs.FileMode // kind and permissions
	linked bool        // it has a second name
}

// openChecked opens an item's file for reading as openItem does, and refuses what is
// no file: anything may have been put in its place. That takes a call more, so it is
// not for what is timed.
func (d directory) openChecked(here folder, name string) (openFile, status, error) {
	f, err := d.openItem(here, name)
	if err != nil {
		// A socket cannot be opened, and a link is not followed.
		if mode, statErr := here.modeOf(name); statErr == nil && !mode.IsRegular() {
			err = notAFile(mode)
		}
		return f, status{}, err
	}
	found, err := inspect(f)
	if err == nil && !found.mode.IsRegular() {
		err = notAFile(found.mode)
	}
	if err != nil {
		f.Close()
		return f, found, err
	}
	return f, found, nil
}

// notAFile is the error for what stands in the place of a file.
func notAFile(mode fs.FileMode) error {
	return fmt.Errorf("is now a %s; it has to be a file", regular.Kind(mode))
}

// visit opens a file for reading and hands it to a function. It is not for what is
// timed.
func visit(dir directory, at *cursor, name string, do func(openFile, status) error) error {
	here, last, err := at.enter(dir, "", name)
	if err != nil {
		return err
	}
	f, found, err := dir.openChecked(here, last)
	if err != nil {
		return err
	}
	err = do(f, found)
	f.Close() // nothing was written to it: closing cannot lose anything
	return err
}
