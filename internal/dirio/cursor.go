package dirio

import (
	"errors"
	"strings"
)

// A Cursor is the folder in which a worker's last item was, kept open: items
// come in the order of their names, so the next one is most likely in it too,
// and a path through the tree costs a look-up of every component each time.
type Cursor struct {
	here Folder
	at   string // relative to the directory; empty if none is open
}

// Enter opens the folder of an item below dir, if it is not open still, and
// returns it with the item's name in it. place is the worker directory that the
// item is in, empty where there are none. A cursor is for one directory.
func (c *Cursor) Enter(dir Directory, place, name string) (Folder, string, error) {
	at, last := place, name
	if cut := strings.LastIndexByte(name, '/'); cut >= 0 {
		at, last = name[:cut], name[cut+1:]
		if place != "" {
			at = place + "/" + at
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

// Close closes the folder that is open, if there is one.
func (c *Cursor) Close() error {
	if c.at == "" {
		return nil
	}
	c.at = ""
	return c.here.Close()
}

// CloseCursors closes all of them.
func CloseCursors(cursors []Cursor) error {
	var errs []error
	for i := range cursors {
		errs = append(errs, cursors[i].Close())
	}
	return errors.Join(errs...)
}
