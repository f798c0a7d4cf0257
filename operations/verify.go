package operations

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync/atomic"
)

// An expectation is what a directory must hold after a trial. Checking it goes
// through these steps:
//
//  1. The directory is walked: every item's file is found in one place, every
//     directory of the tree is there, and nothing else is.
//  2. Every item is read and compared with the manifest, on all processors.
//
// The walk comes first so that a pipe or a link in the place of a file is
// refused before somebody opens it.
type expectation struct {
	dir      string
	manifest *Manifest
	places   map[string]bool // the worker directories; nil where there are none
	suffix   string          // what the operation added to the items' names
}

// expectFiles is what an operation leaves that makes one file for each item.
func expectFiles(site Site, dir string) expectation {
	e := expectation{dir: dir, manifest: site.Manifest}
	if site.Layout == LayoutPerWorker {
		e.places = make(map[string]bool)
		for _, place := range places(site) {
			e.places[place] = true
		}
	}
	return e
}

// verify checks the expectation. The error names the first item that is wrong
// and counts the others.
func (e expectation) verify() (Outcome, error) {
	dir, err := openDirectory(e.dir)
	if err != nil {
		return Outcome{}, err
	}
	defer dir.Close()
	var wrong faults
	found, err := e.locate(dir, &wrong)
	if err != nil {
		return Outcome{}, err
	}
	files := e.manifest.Files
	var stored atomic.Int64
	err = forEach(context.Background(), len(files), func() func(int) error {
		buf := make([]byte, digestBuffer)
		return func(item int) error {
			if found[item] == "" {
				wrong.item(item, files[item].Name, errMissing)
				return nil
			}
			size, err := e.compare(dir, found[item], &files[item], buf)
			if err != nil {
				wrong.item(item, files[item].Name, err)
			}
			stored.Add(size)
			return nil
		}
	})
	if err == nil {
		err = wrong.err(len(files))
	}
	return Outcome{Items: len(files), Bytes: e.manifest.Bytes(), OutputBytes: stored.Load()}, err
}

// compare reads one file and says how it differs from what it should be.
func (e expectation) compare(dir directory, name string, file *File, buf []byte) (int64, error) {
	f, err := dir.root.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if linked(info) {
		return 0, errors.New("is a second name of another file, not a file of its own")
	}
	size, crc, err := digest(f, buf)
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

// locate walks the directory. It returns the path of every item, empty where it
// was not found, and notes what is too much, and which directories are missing.
func (e expectation) locate(dir directory, wrong *faults) ([]string, error) {
	found := make([]string, len(e.manifest.Files))
	items := make(map[string]int, len(found))
	for item := range e.manifest.Files {
		items[e.manifest.Files[item].Name+e.suffix] = item
	}
	dirs := make(map[string]bool, len(e.manifest.Dirs)) // true once seen
	for _, name := range e.manifest.Dirs {
		dirs[name] = false
	}
	tolerated := e.tolerated()
	err := dir.walk(func(at string, kind fs.FileMode) (bool, error) {
		name, isPlace := e.inPlace(at)
		if isPlace && kind.IsDir() {
			return true, nil
		}
		if tolerated[name] {
			return false, nil
		}
		item, isItem := items[name]
		_, isDir := dirs[name]
		switch {
		case kind.IsRegular() && isItem && found[item] == "":
			found[item] = at
		case kind.IsDir() && isDir:
			dirs[name] = true
			return true, nil
		default:
			wrong.unexpected(at, kindOf(kind))
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

// inPlace splits a path into the worker directory that it is in, if there are
// such, and the rest, which is empty for what is in no worker's directory.
// isPlace says that the path is a worker directory itself.
func (e expectation) inPlace(at string) (name string, isPlace bool) {
	if e.places == nil {
		return at, false
	}
	place, name, below := strings.Cut(at, "/")
	if !e.places[place] {
		return "", false
	}
	return name, !below
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

// verifyGone checks that a directory has no item left, nor anything else.
func verifyGone(site Site, dir string) error {
	d, err := openDirectory(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	items := make(map[string]int, len(site.Manifest.Files))
	all := places(site)
	for item := range site.Manifest.Files {
		place := victimPlace(all, item, len(site.Manifest.Files))
		items[path.Join(place, site.Manifest.Files[item].Name)] = item
	}
	var wrong faults
	err = d.walk(func(at string, kind fs.FileMode) (bool, error) {
		if item, ok := items[at]; ok {
			wrong.item(item, site.Manifest.Files[item].Name, errStillThere)
		} else {
			wrong.unexpected(at, kindOf(kind))
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return wrong.err(len(items))
}

// kindOf names what an entry is.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "file"
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	}
	return "special file"
}
