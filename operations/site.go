package operations

import (
	"fmt"
	"os"
	"path/filepath"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// Site is where one trial happens and under which conditions. It is all that an
// operation is told. It travels to worker processes as JSON, so it holds paths,
// not handles; Dirs and Manifest are put back there.
type Site struct {
	Workload workload.Workload  `json:"workload"`
	Manifest *workload.Manifest `json:"-"`
	// Input is the directory with the items' files, or with the archive; empty
	// where the operation needs nothing.
	Input string `json:"input,omitempty"`
	// Output is this trial's own directory; it exists and is empty. For an
	// operation with one output file (zip, append) see Info.OutputPath.
	Output string `json:"output"`
	// Dirs makes and removes directories below Output and, for victims, Input.
	Dirs Dirs `json:"-"`

	Workers int    `json:"workers"` // how many distinct Scratch.Worker there will be
	Level   int    `json:"level"`
	Layout  string `json:"layout"`
	Cache   string `json:"cache"`
	Sync    string `json:"sync"`
	Sink    string `json:"sink,omitempty"` // empty without one shared file, or under a strategy that has no choice
}

// Dirs makes, opens and removes the directories of a trial. The operations never do
// so themselves: internal/workspace alone does, and it refuses a path outside the
// run's own directory. A path is where the run's directory was made, and the run's
// directory is one that is open: whoever puts another one under its name changes
// nothing.
type Dirs interface {
	// Open opens a directory below the run's own. It follows no link and crosses
	// no mount.
	Open(path string) (*os.File, error)
	// Mkdir makes one directory; the path is absolute and its parent exists.
	Mkdir(path string) error
	// Rmdir removes one empty directory.
	Rmdir(path string) error
}

// Levels of the axes layout, cache, sync and sink.
const (
	LayoutShared    = "shared"
	LayoutPerWorker = "per-worker"

	CacheWarm   = "warm"
	CacheCold   = "cold"
	CacheDirect = "direct"

	SyncNone = "none"
	SyncFile = "file"
	SyncEnd  = "end"

	SinkLocked    = "locked"
	SinkCollector = "collector"
	SinkParallel  = "parallel"
	SinkUnlocked  = "unlocked"
)

// openDirectory opens a directory below the run's own: see dirio.OpenBelow.
func openDirectory(site Site, path string) (dirio.Directory, error) {
	return dirio.OpenBelow(site.Dirs, path)
}

// openFound opens the directory with the items that an operation finds: the
// workload's own tree, where it only reads, or else one below the run's own.
func openFound(site Site) (dirio.Directory, error) {
	if site.Workload.From != "" && site.Input == site.Workload.From {
		return dirio.OpenTree(site.Input)
	}
	return openDirectory(site, site.Input)
}

// openInput is openFound for items that are read as the site's cache axis has it.
func openInput(site Site) (dirio.Directory, error) {
	dir, err := openFound(site)
	dir.Direct = site.Cache == CacheDirect
	return dir, err
}

// The layout says in which directories the items of a trial are: all in one, or
// each worker's in one of its own, because a directory's lock lets one create or
// delete happen at a time.

// workerPrefix is what the name of a worker's own directory begins with.
const workerPrefix = "worker-"

// workerPlace returns the name of a worker's own directory.
func workerPlace(worker int) string { return fmt.Sprintf("%s%02d", workerPrefix, worker) }

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

// inputPlace is where Prepare has put an item that is to be used up. Worker
// directories get contiguous blocks of items, as the workers will.
func inputPlace(places []string, item, items int) string {
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
