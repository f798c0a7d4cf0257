package runner

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/runner/trial"
)

// A listing contains the directory entries around the directories that a trial may write to, by
// absolute path. It is short: it does not contain the files of failed trials, and the inputs of
// other trials are one entry each.
type listing map[string]entry

// An entry describes a directory entry: its type, for a file its size and modification time, and
// for a directory its permissions.
// For a manifest it also contains a checksum of the content. A contender that overwrites a
// manifest determines the expected outcome of later trials, and it can reset the modification
// time. For a directory with inputs it contains the state of the tree and its latest change.
type entry struct {
	kind    fs.FileMode
	size    int64
	changed int64 // nanoseconds since 1970
	content [sha256.Size]byte
	latest  string // relative to the directory
}

// listing lists the run directory, the directories of the runner in it, and the trial directory.
// It leaves out the entries that the contender may change.
func (s *store) listing(ctx context.Context, spec *trial.Spec) listing {
	root, trialDir := s.ws.Path(), filepath.Dir(spec.Site.Output)
	dirs := []string{
		root, filepath.Dir(trialDir), trialDir,
		filepath.Join(root, manifestsName), filepath.Join(root, inputsName), filepath.Join(root, sharedName), filepath.Join(root, referencesName), filepath.Join(root, sourcesName),
	}
	dirs = append(dirs, s.emptied...)
	for _, m := range s.manifests {
		dirs = append(dirs, filepath.Dir(m.path))
	}
	list := listing{}
	for _, dir := range dirs {
		list.add(dir)
	}
	for _, m := range s.manifests {
		list.addContent(m.path, m.size)
	}
	for _, dir := range s.readByOthers() { // of other cells, too
		if found, ok := list[dir]; ok && found.kind.IsDir() && dir != spec.Site.Input {
			state, err := dirio.StateOf(ctx, s.ws, dir)
			if err != nil {
				found.kind = fs.ModeIrregular
			}
			found.content, found.latest = state.Sum, state.Changed
			list[dir] = found
		}
	}
	delete(list, spec.Site.Output)
	if spec.Program != nil {
		delete(list, spec.Program.KeepStdout)
	}
	delete(list, spec.Site.Input) // changesOf compares it, or the trial uses it up
	return list
}

// add lists a directory. A directory that does not exist is missing in the list of its parent. A
// directory that cannot be read counts as changed.
func (l listing) add(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l[dir] = entry{kind: fs.ModeIrregular}
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // it was removed after ReadDir
		}
		found := entry{kind: info.Mode().Type()}
		if info.Mode().IsRegular() {
			found.size, found.changed = info.Size(), info.ModTime().UnixNano()
		}
		if info.IsDir() {
			found.kind |= info.Mode().Perm() // later trials make files in it
		}
		l[filepath.Join(dir, e.Name())] = found
	}
}

// addContent adds the checksum of a file's content. A file that cannot be read counts as changed.
func (l listing) addContent(path string, size int64) {
	found, ok := l[path]
	if !ok || !found.kind.IsRegular() || found.size != size {
		return // the size shows the change, and reading a much larger file could take hours
	}
	content, err := contentOf(path)
	if err != nil {
		found.kind = fs.ModeIrregular
	}
	found.content = content
	l[path] = found
}

// contentOf returns the SHA-256 checksum of a file's content.
func contentOf(path string) (sum [sha256.Size]byte, err error) {
	f, err := regular.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}

// A violation is a directory entry that a trial has changed without permission.
type violation struct {
	path string
	how  string // "new", "changed" or "gone"
	file string // the latest change below a directory with inputs, relative to it
}

// violations returns the differences, in the order of their paths. An entry below another
// difference is not listed separately.
func (before listing) violations(after listing) []violation {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var list []violation
	covered := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		old, existed := before[path]
		current, exists := after[path]
		found := violation{path: path}
		switch {
		case !existed:
			found.how = "new"
		case !exists:
			found.how = "gone"
		case old != current:
			found.how, found.file = "changed", current.latest
		default:
			continue
		}
		if !covered[filepath.Dir(path)] {
			list = append(list, found)
		}
		covered[path] = true
	}
	return list
}

// describe names the first of some violations, with a path relative to the output of a trial, and
// the number of the others.
func describe(violations []violation, output string) string {
	first := violations[0]
	path := filepath.Join(first.path, filepath.FromSlash(first.file))
	text, err := filepath.Rel(output, path)
	if err != nil {
		text = path
	}
	text = oneline.Name(filepath.ToSlash(text))
	if first.how != "new" {
		text += " is " + first.how
	}
	if more := len(violations) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// repair removes new and changed entries, so that shared files are made again. Entries in the
// directory own are removed or kept with that directory. A changed marker is left to the checks
// of package workspace.
func (s *store) repair(own string, violations []violation) error {
	marker := filepath.Join(s.ws.Path(), workspace.Marker)
	for _, found := range violations {
		if found.path == marker || workspace.Inside(found.path, own) {
			continue
		}
		if err := s.invalidate(found.path); err != nil {
			return err
		}
	}
	return nil
}
