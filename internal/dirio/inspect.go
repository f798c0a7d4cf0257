package dirio

import (
	"fmt"
	"io/fs"

	"iosweep/internal/regular"
)

// A Status is what an open file is.
type Status struct {
	Mode   fs.FileMode // kind and permissions
	Linked bool        // it has a second name
}

// openChecked opens an item's file for reading as OpenItem does, and refuses what is
// no file: anything may have been put in its place. That takes a call more, so it is
// not for what is timed.
func (d Directory) openChecked(here Folder, name string) (File, Status, error) {
	f, err := d.OpenItem(here, name)
	if err != nil {
		// A socket cannot be opened, and a link is not followed.
		if mode, statErr := here.modeOf(name); statErr == nil && !mode.IsRegular() {
			err = notAFile(mode)
		}
		return f, Status{}, err
	}
	found, err := inspect(f)
	if err == nil && !found.Mode.IsRegular() {
		err = notAFile(found.Mode)
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

// WithFile opens a file for reading and hands it to a function. It is not for what is
// timed.
func WithFile(dir Directory, at *Cursor, name string, do func(File, Status) error) error {
	here, last, err := at.Enter(dir, "", name)
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
