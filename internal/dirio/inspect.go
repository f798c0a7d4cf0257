package dirio

import (
	"fmt"
	"io/fs"

	"iosweep/internal/regular"
)

// A Status describes an open file.
type Status struct {
	Mode   fs.FileMode // kind and permissions
	Linked bool        // the file has more than one name
}

// openChecked opens the file of an item for reading, like OpenItem. It returns an error if
// another kind of file has replaced it. That takes an extra system call, so the timed part of
// a trial does not use it.
func (d Directory) openChecked(here Folder, name string) (File, Status, error) {
	f, err := d.OpenItem(here, name)
	if err != nil {
		// Opening a socket or a link fails.
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

// notAFile returns the error for another kind of file in the place of an item.
func notAFile(mode fs.FileMode) error {
	return fmt.Errorf("is now a %s; it must be a regular file", regular.Kind(mode))
}

// WithFile opens a file for reading and calls a function with it. The timed part of a trial
// does not use it.
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
	f.Close() // nothing was written, so the error does not matter
	return err
}
