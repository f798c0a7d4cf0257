package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
)

// plotsDir is where pictures stand in the directory of a run.
const plotsDir = "plots"

// WriteAll makes every report of a run in its directory. mkdir makes one
// directory, and is content if it exists. Nothing is ever deleted: files of an
// earlier call are replaced whole. What cannot be written keeps nothing else from
// it; the error names each file. A picture that cannot be drawn adds to the
// warnings of d.
func WriteAll(dir string, mkdir func(string) error, d *Content) error {
	d.Draw()
	var failed failures
	for _, r := range All {
		if r.Applies != nil && !r.Applies(d) {
			continue
		}
		var b bytes.Buffer
		if err := r.Write(&b, d); err != nil {
			return err
		}
		failed.add(durable.WriteFile(filepath.Join(dir, r.Name), b.Bytes()))
	}
	plots := filepath.Join(dir, plotsDir)
	if err := ownDirectory(plots, mkdir); err != nil {
		failed.add(err)
		return failed.err()
	}
	for _, p := range d.Pictures {
		failed.add(durable.WriteFile(filepath.Join(plots, p.File), p.PNG))
	}
	return failed.err()
}

// ownDirectory makes a directory, unless it is there. What is something else is not
// touched: a link may lead to a directory that is somebody else's.
func ownDirectory(path string, mkdir func(string) error) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mkdir(path)
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link, which is not followed: no picture was written; remove it, and iosweep report makes a directory", path)
	case !info.IsDir():
		return fmt.Errorf("%s is no directory: no picture was written; move it away, and iosweep report makes one", path)
	}
	return nil
}

// failures are the errors of files, of which there may be as many as there are files.
type failures []error

func (f *failures) add(err error) {
	if err != nil {
		*f = append(*f, err)
	}
}

func (f failures) err() error {
	const most = 3
	if n := len(f) - most; n > 1 {
		f = append(f[:most:most], fmt.Errorf("and %d more files could not be written", n))
	}
	return errors.Join(f...)
}
