package operations

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/parallel"
	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// An expectation is the content that a directory must have after a trial. Checking it has
// two steps:
//
//  1. The directory is walked. Every item's file must exist exactly once, in one of
//     itemDirs. Every directory of the tree must exist, and nothing else may exist.
//  2. Every item is read and compared with the manifest, on all processors.
//
// The walk comes first, so that a pipe or a link in the place of a file is refused before
// it is opened. The result of the walk takes 10 bytes for each item.
type expectation struct {
	site     Site
	dir      string
	itemDirs []string // the directories that contain items
	suffix   string   // the operation has added it to the items' names
}

// expectFiles returns the expectation of an operation that makes one file for each item.
func expectFiles(site Site, dir string) expectation {
	return expectation{site: site, dir: dir, itemDirs: itemDirs(site)}
}

// verify checks the expectation. The error names the first wrong item and the number of
// wrong items.
func (e expectation) verify() (Outcome, error) {
	dir, err := openDirectory(e.site, e.dir)
	if err != nil {
		return Outcome{}, err
	}
	defer dir.Close()
	var wrong mismatches
	found, err := e.locate(dir, &wrong)
	if err != nil {
		return Outcome{}, err
	}
	m := e.site.Manifest
	items := m.Len()
	var stored atomic.Int64
	cursors := make([]dirio.Cursor, parallel.Processors(items))
	err = parallel.ForEach(context.Background(), items, func(number int) func(int) error {
		buf, cursor := make([]byte, workload.DigestBuffer), &cursors[number]
		return func(item int) error {
			file := m.File(item)
			if found[item] == notFound {
				wrong.item(item, file.Name, errMissing)
				return nil
			}
			err := dirio.WithFile(dir, cursor, path.Join(e.itemDirs[found[item]-1], file.Name+e.suffix), func(f dirio.File, found dirio.Status) error {
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
	err = errors.Join(err, dirio.CloseCursors(cursors))
	if err == nil {
		err = wrong.err(items)
	}
	return Outcome{Items: items, Bytes: m.Bytes(), OutputBytes: stored.Load()}, err
}

// compare reads one file and returns an error if it differs from the item.
func compare(f dirio.File, found dirio.Status, file *workload.File, buf []byte) (int64, error) {
	if found.Linked {
		return 0, errors.New("is a hard link to another file, expected a separate file")
	}
	size, crc, err := workload.Digest(context.Background(), f, buf)
	switch {
	case err != nil:
		return size, err
	case size != file.Size:
		return size, fmt.Errorf("has %d bytes, expected %d", size, file.Size)
	case crc != file.CRC:
		return size, contentError(crc, file.CRC)
	}
	return size, nil
}

// notFound is the directory number of an item that was not found. The directories of
// itemDirs are numbered from 1.
const notFound = 0

// locate walks the directory. It returns the directory number of every item, or notFound,
// and records unexpected entries and missing directories.
func (e expectation) locate(dir dirio.Directory, wrong *mismatches) ([]uint32, error) {
	m := e.site.Manifest
	found, items := make([]uint32, m.Len()), workload.IndexNames(m)
	dirs, seen := setOf(m.Dirs), make(map[string]bool)
	tolerated := setOf(m.Skipped) // a program may copy what iosweep skips
	err := dir.Walk(func(at string, kind fs.FileMode) (bool, error) {
		number, name := splitItemDir(e.itemDirs, at)
		if number != notFound && name == "" && kind.IsDir() {
			return true, nil
		}
		original, suffixed := strings.CutSuffix(name, e.suffix)
		item, isItem := items.Item(original)
		switch {
		case kind.IsRegular() && suffixed && isItem && found[item] == notFound:
			found[item] = uint32(number)
		case kind.IsDir() && dirs[name]:
			seen[name] = true
			return true, nil
		case !tolerated[name]: // after the items, which rename may give the name of a skipped entry
			wrong.unexpected(at, regular.Kind(kind))
		}
		return false, nil
	})
	for rank, name := range m.Dirs {
		if !seen[name] {
			wrong.dir(rank, name)
		}
	}
	return found, err
}

// splitItemDir splits a path into the number of the directory in itemDirs that contains it,
// and the rest. If the path is one of these directories, the rest is empty. If the path is
// outside all of them, the number is notFound.
func splitItemDir(itemDirs []string, at string) (number int, name string) {
	if itemDirs[0] == "" {
		return 1, at
	}
	first, name, _ := strings.Cut(at, "/")
	worker, err := strconv.Atoi(strings.TrimPrefix(first, workerPrefix))
	if err != nil || worker < 0 || worker >= len(itemDirs) || itemDirs[worker] != first {
		return notFound, ""
	}
	return worker + 1, name
}

// setOf returns the names as a set.
func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// verifyGone checks that a directory has no item and no other entry left. It enters only
// the directories that makeDirs makes, because other directories may be nested very
// deeply.
func verifyGone(site Site, dir string) error {
	d, err := openDirectory(site, dir)
	if err != nil {
		return err
	}
	defer d.Close()
	m, all := site.Manifest, itemDirs(site)
	items := workload.IndexNames(m)
	made := make(map[string]bool) // the directories that makeDirs makes
	for _, itemDir := range all {
		made[itemDir] = true // itemDir "" is dir itself, which Walk does not visit
		for _, name := range m.Dirs {
			made[path.Join(itemDir, name)] = true
		}
	}
	var wrong mismatches
	err = d.Walk(func(at string, kind fs.FileMode) (bool, error) {
		number, name := splitItemDir(all, at)
		if item, ok := items.Item(name); ok && number != notFound && inputDir(all, item, m.Len()) == all[number-1] {
			wrong.item(item, m.Name(item), errStillThere)
		} else {
			wrong.unexpected(at, regular.Kind(kind))
		}
		return made[at], nil
	})
	if err != nil {
		return err
	}
	return wrong.err(m.Len())
}

// onlyFile opens the file that must be the only entry of the output directory, because the
// operation may write only to the path of this file. The outcome contains the file's size.
func onlyFile(site Site, name string) (*os.File, Outcome, error) {
	outcome := Outcome{Items: site.Manifest.Len(), Bytes: site.Manifest.Bytes()}
	dir, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, outcome, err
	}
	defer dir.Close()
	stray, strays, found := "", 0, false
	err = dir.Walk(func(at string, kind fs.FileMode) (bool, error) {
		switch {
		case at != name:
			if strays++; strays == 1 {
				stray = regular.Kind(kind) + " " + oneline.Quoted(at)
			}
		case !kind.IsRegular():
			return false, fmt.Errorf("%s is a %s, expected a file", filepath.Join(site.Output, name), regular.Kind(kind))
		default:
			found = true
		}
		return false, nil
	})
	switch {
	case err != nil:
		return nil, outcome, err
	case strays > 0:
		return nil, outcome, fmt.Errorf("%s is next to %s; unexpected entries: %d; the operation must write only to {output}, which is the file",
			stray, name, strays)
	case !found:
		return nil, outcome, fmt.Errorf("%s: missing", filepath.Join(site.Output, name))
	}
	file, err := dir.OpenRegular(name)
	if err != nil {
		return nil, outcome, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, outcome, errors.Join(err, file.Close())
	}
	outcome.OutputBytes = info.Size()
	return file, outcome, nil
}
