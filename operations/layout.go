package operations

import (
	"fmt"
	"path/filepath"
)

// The layout says in which directories the items of a trial are: all in one, or
// each worker's in one of its own, because a directory's lock lets one create or
// delete happen at a time.

// workerPlace is the name of a worker's own directory.
func workerPlace(worker int) string {
	return fmt.Sprintf("worker-%02d", worker)
}

// places are the directories, relative to the trial's, that hold items. The
// empty name is the trial's directory itself.
func places(site Site) []string {
	if site.Layout != LayoutPerWorker {
		return []string{""}
	}
	all := make([]string, max(site.Workers, 1))
	for worker := range all {
		all[worker] = workerPlace(worker)
	}
	return all
}

// victimPlace is where Prepare has put an item that is to be used up. Worker
// directories get contiguous blocks of items, as the workers will.
func victimPlace(places []string, item, items int) string {
	return places[item*len(places)/items]
}

// makeDirs makes the worker directories, and in each the directories of a
// nested tree, below dir.
func makeDirs(site Site, dir string) error {
	for _, place := range places(site) {
		if place != "" {
			if err := site.Dirs.Mkdir(filepath.Join(dir, place)); err != nil {
				return err
			}
		}
		for _, name := range site.Manifest.Dirs { // parents first
			if err := site.Dirs.Mkdir(filepath.Join(dir, place, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeDirs removes what makeDirs made, once it is empty.
func removeDirs(site Site, dir string) error {
	for _, place := range places(site) {
		names := site.Manifest.Dirs
		for i := len(names) - 1; i >= 0; i-- { // deepest first
			if err := site.Dirs.Rmdir(filepath.Join(dir, place, filepath.FromSlash(names[i]))); err != nil {
				return err
			}
		}
		if place != "" {
			if err := site.Dirs.Rmdir(filepath.Join(dir, place)); err != nil {
				return err
			}
		}
	}
	return nil
}
