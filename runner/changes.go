package runner

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// A kindOfChange says in which way entries of a tree have changed.
type kindOfChange int

const (
	added kindOfChange = iota
	removed
	replaced  // by another kind of file
	resized   // the content has another size
	permitted // the permissions are other ones
	denied    // a directory can no longer be listed
	rewritten // the file was changed after the survey, and has the same size and permissions
	altered   // a directory or an entry that is not an item was changed
)

// changes contains the entries of a tree that have changed since its survey. For each kind it has
// the first entry and the number of entries.
type changes map[kindOfChange]*changeCount

type changeCount struct {
	first string // slash-separated and relative
	text  string // the change
	count int
}

func (c changes) add(kind kindOfChange, name, format string, args ...any) {
	if c[kind] == nil {
		c[kind] = &changeCount{}
	}
	n := c[kind]
	if n.count++; n.count == 1 || name < n.first {
		n.first, n.text = name, fmt.Sprintf(format, args...)
	}
}

// String names the first entry of each kind of change, and counts the others.
func (c changes) String() string {
	kinds := slices.SortedFunc(maps.Keys(c), func(a, b kindOfChange) int {
		return cmp.Or(strings.Compare(c[a].first, c[b].first), cmp.Compare(a, b))
	})
	var parts []string
	others := -len(kinds)
	for _, kind := range kinds {
		parts = append(parts, oneline.Name(c[kind].first)+" "+c[kind].text)
		others += c[kind].count
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", others))
	}
	return strings.Join(parts, ", ")
}

// findChanges compares a directory with the manifest of its files. since is the time of the latest
// change before, because a file with the same size and permissions may have other content.
func findChanges(ctx context.Context, dir dirio.Directory, files *workload.Manifest, since time.Time) (changes, error) {
	found, index := changes{}, workload.IndexNames(files)
	present := make([]bool, files.Len())
	others, seen := map[string]bool{}, map[string]bool{} // entries that are not items; true in others: directories
	unknown := map[string]bool{}                         // directories of which the entries are unknown now
	for _, name := range files.Skipped {
		others[name] = false
	}
	for _, name := range files.Dirs {
		others[name] = true
	}
	err := dir.WalkStates(func(name string, now dirio.EntryState) error {
		item, isItem := index.Item(name)
		isDir, isOther := others[name]
		if isOther {
			seen[name] = true
		}
		switch {
		case isItem:
			present[item] = true
			found.compare(files.File(item), now, since)
		case !isOther:
			found.add(added, name, "is new")
		case isDir && !now.Mode.IsDir():
			found.add(replaced, name, "is now a %s", regular.Kind(now.Mode))
		case now.Changed.After(since):
			found.add(altered, name, "has other entries, permissions, owners or times")
		}
		return ctx.Err()
	}, func(name string, _ error) error {
		if others[name] { // it could be listed
			unknown[name] = true
			found.add(denied, name, "can no longer be read")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	gone := func(name string) {
		for dir := path.Dir(name); len(unknown) > 0 && dir != "."; dir = path.Dir(dir) {
			if unknown[dir] {
				return
			}
		}
		found.add(removed, name, "is gone")
	}
	for item, ok := range present {
		if !ok {
			gone(files.Name(item))
		}
	}
	for name := range others {
		if !seen[name] {
			gone(name)
		}
	}
	if len(found) > 1 {
		delete(found, altered) // adding and removing an entry alters its directory
	}
	if r := found[rewritten]; r != nil {
		item, _ := index.Item(r.first)
		r.text = describeRewritten(ctx, dir, files.File(item))
	}
	return found, nil
}

// compare adds the change of a file.
func (c changes) compare(file workload.File, now dirio.EntryState, since time.Time) {
	switch {
	case !now.Mode.IsRegular():
		c.add(replaced, file.Name, "is now a %s", regular.Kind(now.Mode))
	case file.Size != unknownSize && now.Size != file.Size:
		c.add(resized, file.Name, "has other content (%d bytes, was %d)", now.Size, file.Size)
	case file.Size != unknownSize && now.Mode.Perm() != file.Mode:
		c.add(permitted, file.Name, "has the permissions %04o, was %04o", now.Mode.Perm(), file.Mode)
	case now.Changed.After(since):
		c.add(rewritten, file.Name, "")
	}
}

// describeRewritten finds out if a changed file has other content. It reads only this file,
// because all others together may be very large.
func describeRewritten(ctx context.Context, dir dirio.Directory, file workload.File) string {
	if file.Size == unknownSize {
		return "has changed"
	}
	var folder dirio.Cursor
	defer folder.Close()
	text := "has other content"
	err := dirio.WithFile(dir, &folder, file.Name, func(f dirio.File, _ dirio.Status) error {
		_, crc, err := workload.Digest(ctx, f, make([]byte, workload.DigestBuffer))
		if err == nil && crc == file.CRC {
			text = "has the same content, but other times, links, owners or attributes"
		}
		return err
	})
	if err != nil {
		return "has changed"
	}
	return text
}

// unknownSize is the size of a file in a manifest that does not describe its content.
const unknownSize = -1

// describeChanges names the changes in a tree, as the end of a sentence. If nothing is found,
// it names the entry with the latest change. Often that is the top directory, because a program
// has made a file there and removed it.
func describeChanges(ctx context.Context, dir dirio.Directory, files *workload.Manifest, before, now dirio.TreeState) string {
	found, err := findChanges(ctx, dir, files, before.At)
	switch {
	case err == nil && len(found) > 0:
		return ": " + found.String()
	case now.Changed == ".":
		return ": the directory has other permissions, owners or times, or an entry was added and removed again"
	default:
		return ": the latest change is of " + oneline.Name(filepath.Join(dir.Path, filepath.FromSlash(now.Changed)))
	}
}
