package operations

import (
	"fmt"
	"os"

	"iosweep/internal/dirio"
)

// A disposableCopy is a copy of the items for one trial of an operation that removes,
// renames or moves its input files. Prepare makes the copy.
type disposableCopy struct {
	site     Site
	dir      dirio.Directory
	itemDirs []string
}

// openDisposableCopy opens the directory with the copy. It refuses the workload's own
// tree, so that no mistake of a caller deletes a user's files.
func openDisposableCopy(site Site) (disposableCopy, error) {
	dir, err := openDirectory(site, site.Input)
	if err != nil {
		return disposableCopy{}, err
	}
	if err := refuseOriginals(site, dir); err != nil {
		dir.Close()
		return disposableCopy{}, err
	}
	return disposableCopy{site, dir, itemDirs(site)}, nil
}

// find opens an item's folder and returns the item's name in it.
func (c *disposableCopy) find(s *Scratch, item int) (dirio.Folder, string, error) {
	m := c.site.Manifest
	return s.from.Enter(c.dir, inputDir(c.itemDirs, item, m.Len()), m.Name(item))
}

// disposableCopyDescriptors returns the descriptors of an operation that changes the
// items in place.
func disposableCopyDescriptors(site Site) Descriptors {
	_, out := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory, Kept: out}
}

// Close closes the directory of the copy.
func (c *disposableCopy) Close() error { return c.dir.Close() }

// refuseOriginals checks that the opened directory is neither the workload's tree nor
// inside it. It compares the open directories, because their paths may lead to other
// directories by now.
func refuseOriginals(site Site, dir dirio.Directory) error {
	if site.Workload.From == "" {
		return nil
	}
	from, err := os.Stat(site.Workload.From)
	if err != nil {
		return err
	}
	inside, err := dir.IsWithin(from)
	if err == nil && inside {
		err = fmt.Errorf("%s is inside the workload's tree %s, which iosweep only reads; use a copy", site.Input, site.Workload.From)
	}
	return err
}
