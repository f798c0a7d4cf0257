package runner

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/runner/trial"
)

// listing are the entries of a workspace around what a trial may write, by
// absolute path. They are few: what is in other trials' inputs is not listed,
// nor what was left of a trial that failed.
type listing map[string]entry

// An entry is what it is, and of a file its size and when it was changed. Of a
// manifest it is the content too: a contender that writes over it writes down
// what is expected of all that follow, and times can be set back.
type entry struct {
	kind    fs.FileMode
	size    int64
	changed int64 // nanoseconds since 1970
	content [sha256.Size]byte
}

// listing lists the workspace itself, the directories that the runner keeps
// in it, and the trial's own, without what the contender is given there.
func (s *store) listing(spec *trial.Spec) listing {
	root, own := s.ws.Path(), filepath.Dir(spec.Site.Output)
	dirs := []string{root, filepath.Dir(own), own, filepath.Join(root, manifestsName), filepath.Join(root, inputsName)}
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
	delete(list, spec.Site.Output)
	if !s.shares(spec.Site.Input) { // victims, to be used up
		delete(list, spec.Site.Input)
	}
	return list
}

// add lists a directory. One that does not exist is missing in its parent's
// list, if it should be there at all; one that can no longer be read is not what
// it was.
func (l listing) add(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l[dir] = entry{kind: fs.ModeIrregular}
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // it was gone before it could be looked at
		}
		found := entry{kind: info.Mode().Type()}
		if info.Mode().IsRegular() {
			found.size, found.changed = info.Size(), info.ModTime().UnixNano()
		}
		l[filepath.Join(dir, e.Name())] = found
	}
}

// addContent adds what a file holds. One that cannot be read is not what it was.
func (l listing) addContent(path string, size int64) {
	found, ok := l[path]
	if !ok || !found.kind.IsRegular() || found.size != size {
		return // its size tells: who made it larger could have it read for hours
	}
	content, err := contentOf(path)
	if err != nil {
		found.kind = fs.ModeIrregular
	}
	found.content = content
	l[path] = found
}

// contentOf is the digest of what a file holds.
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

// A violation is an entry that a trial should have left as it was.
type violation struct {
	path string
	how  string // "new", "changed" or "gone"
}

// violations are the differences, in the order of their paths. What lies below one
// is part of it.
func (before listing) violations(after listing) []violation {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var list []violation
	covered := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		was, before := before[path]
		is, now := after[path]
		found := violation{path: path}
		switch {
		case !before:
			found.how = "new"
		case !now:
			found.how = "gone"
		case was != is:
			found.how = "changed"
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

// describe names the first of some violations as seen from a trial's output.
func describe(violations []violation, output string) string {
	first := violations[0]
	text, err := filepath.Rel(output, first.path)
	if err != nil {
		text = first.path
	}
	text = filepath.ToSlash(text)
	if first.how != "new" {
		text += " is " + first.how
	}
	if more := len(violations) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// repair removes what is new and forgets what is no longer as it was. What is in
// the trial's directory goes with that, or is kept with it. Where the marker of
// the workspace was touched, the workspace decides for itself what that means.
func (s *store) repair(spec *trial.Spec, violations []violation) error {
	own := filepath.Dir(spec.Site.Output)
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
