package operations

import (
	"fmt"
	"os"

	"iosweep/internal/dirio"
)

// Victims are the items of an operation that uses them up: a copy that Prepare
// made for one trial.
type disposableCopy struct {
	site   Site
	dir    dirio.Directory
	places []string
}

// openDisposableCopy opens the directory with the victims. It refuses the workload's
// own tree: whatever a caller got wrong, nobody's files are deleted for it.
func openDisposableCopy(site Site) (disposableCopy, error) {
	dir, err := openDirectory(site, site.Input)
	if err != nil {
		return disposableCopy{}, err
	}
	if err := refuseOriginals(site, dir); err != nil {
		dir.Close()
		return disposableCopy{}, err
	}
	return disposableCopy{site, dir, places(site)}, nil
}

// find opens the folder that an item is in and returns the item's name in it.
func (v *disposableCopy) find(s *Scratch, item int) (dirio.Folder, string, error) {
	m := v.site.Manifest
	return s.from.Enter(v.dir, inputPlace(v.places, item, m.Len()), m.Name(item))
}

// disposableCopyDescriptors is what it takes to use up victims where they are.
func disposableCopyDescriptors(site Site) Descriptors {
	_, out := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory, Kept: out}
}

// Close closes the victims' directory.
func (v *disposableCopy) Close() error { return v.dir.Close() }

// refuseOriginals checks that the directory that was opened is neither the workload's
// tree nor in it. It looks at the directories themselves: what their paths lead to
// may be others.
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
		err = fmt.Errorf("%s is in the workload's own tree %s, which is only ever read; work on a copy", site.Input, site.Workload.From)
	}
	return err
}
