package operations

import (
	"fmt"
	"os"
	"path/filepath"
)

// Victims are the items of an operation that uses them up: a copy that Prepare
// made for one trial.
type victims struct {
	site   Site
	dir    directory
	places []string
}

// openVictims opens the directory with the victims. It refuses the workload's
// own tree: whatever a caller got wrong, nobody's files are deleted for it.
func openVictims(site Site) (victims, error) {
	if err := refuseOriginals(site); err != nil {
		return victims{}, err
	}
	dir, err := openDirectory(site, site.Input)
	return victims{site, dir, places(site)}, err
}

// find opens the folder that an item is in and returns the item's name in it.
func (v *victims) find(s *Scratch, item int) (folder, string, error) {
	m := v.site.Manifest
	return s.from.enter(v.dir, victimPlace(v.places, item, m.Len()), m.name(item))
}

// done is what is said of an item: all of its content is gone, or elsewhere.
func (v *victims) done(item int) Done {
	return Done{Bytes: v.site.Manifest.File(item).Size}
}

// Close closes the victims' directory.
func (v *victims) Close() error { return v.dir.Close() }

// refuseOriginals checks that Input is neither the workload's tree nor in it.
func refuseOriginals(site Site) error {
	if site.Workload.From == "" {
		return nil
	}
	from, err := os.Stat(site.Workload.From)
	if err != nil {
		return err
	}
	for at := filepath.Clean(site.Input); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		if os.SameFile(info, from) {
			return fmt.Errorf("%s is in the workload's own tree %s, which is only ever read; work on a copy", site.Input, site.Workload.From)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
