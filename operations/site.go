package operations

import (
	"fmt"
	"os"
	"path/filepath"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A Site describes one trial to its operation: the directories, the workload and the
// levels of the axes. It is sent to worker processes as JSON, so it contains paths and not
// open files. Worker processes set Dirs and Manifest themselves.
type Site struct {
	Workload workload.Workload  `json:"workload"`
	Manifest *workload.Manifest `json:"-"`
	// Input is the directory of the items' files, or of the archive. It is empty for an
	// operation without inputs.
	Input string `json:"input,omitempty"`
	// Output is this trial's own directory. It exists and is empty at the start. For an
	// operation with one output file (zip, append) see Info.OutputPath.
	Output string `json:"output"`
	// Dirs makes and removes directories below Output. For a disposable copy it does so
	// below Input too.
	Dirs Dirs `json:"-"`

	Workers int    `json:"workers"` // the number of distinct Scratch.Worker
	Level   int    `json:"level"`
	Layout  string `json:"layout"`
	Cache   string `json:"cache"`
	Sync    string `json:"sync"`
	Sink    string `json:"sink,omitempty"` // empty without a shared file, or if the strategy has no choice
	Block   Block  `json:"block,omitempty"`
	// Split is the size of the ranges of a file that are items. It is 0 if each file is one item.
	Split int64 `json:"split,omitempty"`
}

// HasBlocks reports whether any file is larger than a block, or has several ranges.
func (site *Site) HasBlocks() bool {
	for _, file := range site.Manifest.All() {
		if file.Size > site.Block.Of(file.Size) || site.Split > 0 && file.Size > site.Split {
			return true
		}
	}
	return false
}

// Dirs makes, opens and removes the directories of a trial. Operations never do this
// themselves: only internal/workspace does, and it refuses a path outside the run
// directory. It works relative to the open run directory, so replacing the run directory
// at its path has no effect.
type Dirs interface {
	// Open opens a directory below the run directory. It follows no link and crosses no
	// mount.
	Open(path string) (*os.File, error)
	// Mkdir makes one directory. The path is absolute and its parent exists.
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

// openDirectory opens a directory below the run directory: see dirio.OpenBelow.
func openDirectory(site Site, path string) (dirio.Directory, error) {
	return dirio.OpenBelow(site.Dirs, path)
}

// openInputDir opens the input directory: the workload's own tree, if the operation only
// reads it, or a directory below the run directory.
func openInputDir(site Site) (dirio.Directory, error) {
	if site.Workload.From != "" && site.Input == site.Workload.From {
		return dirio.OpenTree(site.Input)
	}
	return openDirectory(site, site.Input)
}

// openInput is like openInputDir, for a trial: if the axis cache has the level direct, items
// are read without the page cache.
func openInput(site Site) (dirio.Directory, error) {
	dir, err := openInputDir(site)
	dir.Direct = site.Cache == CacheDirect
	return dir, err
}

// The axis layout chooses the directories of a trial's items: one for all workers, or one
// for each worker. A directory's lock allows one create or delete at a time.

// workerPrefix is the start of the name of a worker's own directory.
const workerPrefix = "worker-"

// workerDir returns the name of a worker's own directory.
func workerDir(worker int) string { return fmt.Sprintf("%s%02d", workerPrefix, worker) }

// itemDirs returns the names of the directories that contain items, relative to the trial's
// directory. The empty name is the trial's directory itself.
func itemDirs(site Site) []string {
	if site.Layout != LayoutPerWorker {
		return []string{""}
	}
	all := make([]string, max(site.Workers, 1))
	for worker := range all {
		all[worker] = workerDir(worker)
	}
	return all
}

// inputDir returns the directory into which Prepare puts an item of a disposable copy.
// Worker directories get contiguous blocks of items, because workers take contiguous
// blocks too.
func inputDir(itemDirs []string, item, items int) string {
	return itemDirs[item*len(itemDirs)/items]
}

// makeDirs makes the worker directories below dir, and the directories of a nested tree
// in each of them.
func makeDirs(site Site, dir string) error {
	for _, itemDir := range itemDirs(site) {
		if itemDir != "" {
			if err := site.Dirs.Mkdir(filepath.Join(dir, itemDir)); err != nil {
				return err
			}
		}
		for _, name := range site.Manifest.Dirs { // parents first
			if err := site.Dirs.Mkdir(filepath.Join(dir, itemDir, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeDirs removes the directories that makeDirs made. They must be empty.
func removeDirs(site Site, dir string) error {
	for _, itemDir := range itemDirs(site) {
		names := site.Manifest.Dirs
		for i := len(names) - 1; i >= 0; i-- { // deepest first
			if err := site.Dirs.Rmdir(filepath.Join(dir, itemDir, filepath.FromSlash(names[i]))); err != nil {
				return err
			}
		}
		if itemDir != "" {
			if err := site.Dirs.Rmdir(filepath.Join(dir, itemDir)); err != nil {
				return err
			}
		}
	}
	return nil
}
