package operations

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"iosweep/internal/dirio"
	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// An expectation is what a directory must hold after a trial. Checking it goes
// through these steps:
//
//  1. The directory is walked: every item's file is found in one place, every
//     directory of the tree is there, and nothing else is.
//  2. Every item is read and compared with the manifest, on all processors.
//
// The walk comes first so that a pipe or a link in the place of a file is
// refused before somebody opens it. What it finds takes 10 bytes for each item.
type expectation struct {
	site     Site
	dir      string
	manifest *workload.Manifest
	places   []string // the worker directories; nil where there are none
	suffix   string   // what the operation added to the items' names
}

// expectFiles is what an operation leaves that makes one file for each item.
func expectFiles(site Site, dir string) expectation {
	e := expectation{site: site, dir: dir, manifest: site.Manifest}
	if site.Layout == LayoutPerWorker {
		e.places = places(site)
	}
	return e
}

// verify checks the expectation. The error names the first item that is wrong
// and counts the others.
func (e expectation) verify() (Outcome, error) {
	dir, err := openDirectory(e.site, e.dir)
	if err != nil {
		return Outcome{}, err
	}
	defer dir.Close()
	var wrong faults
	found, err := e.locate(dir, &wrong)
	if err != nil {
		return Outcome{}, err
	}
	items := e.manifest.Len()
	var stored atomic.Int64
	folders := make([]dirio.Cursor, workload.Processors(items))
	err = workload.ForEach(context.Background(), items, func(number int) func(int) error {
		buf, folder := make([]byte, workload.DigestBuffer), &folders[number]
		return func(item int) error {
			file := e.manifest.File(item)
			if found[item] == nowhere {
				wrong.item(item, file.Name, errMissing)
				return nil
			}
			err := dirio.Visit(dir, folder, e.path(found[item], file.Name), func(f dirio.File, found dirio.Status) error {
				size, err := compare(f, found, &file, buf)
				stored.Add(size)
				return err
			})
			if err != nil {
				wrong.item(item, file.Name, err)
			}
			return nil
		}
	})
	err = errors.Join(err, dirio.CloseCursors(folders))
	if err == nil {
		err = wrong.err(items)
	}
	return Outcome{Items: items, Bytes: e.manifest.Bytes(), OutputBytes: stored.Load()}, err
}

// compare reads one file and says how it differs from what it should be.
func compare(f dirio.File, found dirio.Status, file *workload.File, buf []byte) (int64, error) {
	if found.Linked {
		return 0, errors.New("is a second name of another file, not a file of its own")
	}
	size, crc, err := workload.Digest(context.Background(), f, buf)
	switch {
	case err != nil:
		return size, err
	case size != file.Size:
		return size, fmt.Errorf("holds %d bytes, expected %d", size, file.Size)
	case crc != file.CRC:
		return size, contentError(crc, file.CRC)
	}
	return size, nil
}

// nowhere is the place of an item that was not found.
const nowhere = 0

// path is that of an item's file: places are counted from 1.
func (e expectation) path(place uint32, name string) string {
	if e.places == nil {
		return name + e.suffix
	}
	return e.places[place-1] + "/" + name + e.suffix
}

// locate walks the directory. It returns the place of every item, or nowhere,
// and notes what is too much, and which directories are missing.
func (e expectation) locate(dir dirio.Directory, wrong *faults) ([]uint32, error) {
	found := make([]uint32, e.manifest.Len())
	items := workload.IndexNames(e.manifest)
	dirs := make(map[string]bool, len(e.manifest.Dirs)) // true once seen
	for _, name := range e.manifest.Dirs {
		dirs[name] = false
	}
	numbers, tolerated := e.numbers(), e.tolerated()
	err := dir.Walk(func(at string, kind fs.FileMode) (bool, error) {
		place, name := e.inPlace(numbers, at)
		if place != nowhere && name == "" && kind.IsDir() {
			return true, nil
		}
		if tolerated[name] {
			return false, nil
		}
		original, suffixed := strings.CutSuffix(name, e.suffix)
		item, isItem := items.Item(original)
		_, isDir := dirs[name]
		switch {
		case kind.IsRegular() && suffixed && isItem && found[item] == nowhere:
			found[item] = place
		case kind.IsDir() && isDir:
			dirs[name] = true
			return true, nil
		default:
			wrong.unexpected(at, regular.Kind(kind))
		}
		return false, nil
	})
	for rank, name := range e.manifest.Dirs {
		if !dirs[name] {
			wrong.dir(rank, name)
		}
	}
	return found, err
}

// numbers are those of the worker directories, from 1.
func (e expectation) numbers() map[string]uint32 {
	numbers := make(map[string]uint32, len(e.places))
	for i, place := range e.places {
		numbers[place] = uint32(i) + 1
	}
	return numbers
}

// inPlace splits a path into the number of the worker directory that it is in
// and the rest, which is empty for that directory itself. What is in no worker's
// directory is nowhere. Where there are none, all is in place 1.
func (e expectation) inPlace(numbers map[string]uint32, at string) (place uint32, name string) {
	if e.places == nil {
		return 1, at
	}
	first, name, _ := strings.Cut(at, "/")
	if numbers[first] == nowhere {
		return nowhere, ""
	}
	return numbers[first], name
}

// tolerated are the entries of a tree that are no items: a program that copied
// them has done nothing wrong.
func (e expectation) tolerated() map[string]bool {
	skipped := make(map[string]bool, len(e.manifest.Skipped))
	for _, name := range e.manifest.Skipped {
		skipped[name] = true
	}
	return skipped
}

// verifyGone checks that a directory has no item left, nor anything else. It goes
// down only where items were: what somebody else has made may be of any depth.
func verifyGone(site Site, dir string) error {
	d, err := openDirectory(site, dir)
	if err != nil {
		return err
	}
	defer d.Close()
	items, all := workload.IndexNames(site.Manifest), places(site)
	made := madeIn(site.Manifest.Dirs, all)
	var wrong faults
	err = d.Walk(func(at string, kind fs.FileMode) (bool, error) {
		if item, ok := victimAt(&items, all, site.Manifest.Len(), at); ok {
			wrong.item(item, site.Manifest.Name(item), errStillThere)
		} else {
			wrong.unexpected(at, regular.Kind(kind))
		}
		return made[at], nil
	})
	if err != nil {
		return err
	}
	return wrong.err(site.Manifest.Len())
}

// madeIn are the names of the directories that makeDirs makes in these places.
func madeIn(dirs, places []string) map[string]bool {
	made := make(map[string]bool, len(places)*(len(dirs)+1))
	for _, place := range places {
		made[place] = true // the empty name is not met
		for _, name := range dirs {
			made[path.Join(place, name)] = true
		}
	}
	return made
}

// victimAt is the item that Prepare put at a path below the victims' directory.
func victimAt(items *workload.NameIndex, places []string, n int, at string) (item int, ok bool) {
	place, name := "", at
	if places[0] != "" {
		place, name, _ = strings.Cut(at, "/")
	}
	item, ok = items.Item(name)
	return item, ok && victimPlace(places, item, n) == place
}

// onlyFile opens the one regular file that the output directory has to hold, and
// nothing else: the operation was given the file to write, not the directory that it
// is in.
func onlyFile(site Site, name string) (*os.File, error) {
	dir, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	stray, strays, found := "", 0, false
	err = dir.Walk(func(at string, kind fs.FileMode) (bool, error) {
		switch {
		case at != name:
			if strays++; strays == 1 {
				stray = fmt.Sprintf("%s %q", regular.Kind(kind), at)
			}
		case !kind.IsRegular():
			return false, fmt.Errorf("%s is a %s: a file has to stand there", filepath.Join(site.Output, name), regular.Kind(kind))
		default:
			found = true
		}
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if strays > 0 {
		return nil, fmt.Errorf("%s stands beside %s; entries too many: %d; the operation has to write to {output} alone, which is the file",
			stray, name, strays)
	}
	if !found {
		return nil, fmt.Errorf("%s: missing", filepath.Join(site.Output, name))
	}
	return dir.Regular(name)
}
