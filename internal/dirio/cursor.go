package dirio

import (
	"errors"
	"strings"
)

// A Cursor keeps the folder of a worker's last item open. Items are ordered by name, so the
// next item is probably in the same folder. Opening it by its path would look up every
// component again.
type Cursor struct {
	here Folder
	at   string // path relative to the directory; "" if no folder is open
}

// Enter opens the folder of an item below dir, unless it is open already. It returns the
// folder and the item's name in it. workerDir is the worker directory that contains the item,
// or "". A cursor works with only one directory.
func (c *Cursor) Enter(dir Directory, workerDir, name string) (Folder, string, error) {
	at, last := workerDir, name
	if cut := strings.LastIndexByte(name, '/'); cut >= 0 {
		at, last = name[:cut], name[cut+1:]
		if workerDir != "" {
			at = workerDir + "/" + at
		}
	}
	if at == "" {
		return dir.Top, last, nil
	}
	if at == c.at {
		return c.here, last, nil
	}
	if err := c.Close(); err != nil {
		return Folder{}, "", err
	}
	here, err := dir.openFolder(at)
	if err != nil {
		return Folder{}, "", err
	}
	c.here, c.at = here, at
	return here, last, nil
}

// Close closes the open folder, if any.
func (c *Cursor) Close() error {
	if c.at == "" {
		return nil
	}
	c.at = ""
	return c.here.Close()
}

// CloseCursors closes all cursors.
func CloseCursors(cursors []Cursor) error {
	var errs []error
	for i := range cursors {
		errs = append(errs, cursors[i].Close())
	}
	return errors.Join(errs...)
}
