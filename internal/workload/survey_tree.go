package workload

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/dirio"
)

// surveyTree makes the manifest of an existing tree: its files in the order of
// their names, each with size, checksum and permissions. The tree is only ever
// read. What is neither file nor directory is left out of the workload: a link
// followed could lead anywhere, and a pipe opened could block for ever.
func surveyTree(ctx context.Context, w Workload) (*Manifest, error) {
	tree, err := dirio.OpenTree(w.From)
	if err != nil {
		return nil, fmt.Errorf("the workload's tree: %w", err)
	}
	defer tree.Close()
	var found manifestBuilder
	var dirs, skipped []string
	err = tree.Walk(func(name string, kind fs.FileMode) (bool, error) {
		if len(name) > dirio.LongestName {
			return false, fmt.Errorf("%.40q... has a name of %d bytes, counted from the tree; programs can open paths of up to %d there: move it up, or leave it out",
				name, len(name), dirio.LongestName)
		}
		switch {
		case kind.IsDir():
			dirs = append(dirs, name)
		case kind.IsRegular():
			found.add(&File{Name: name})
		default:
			skipped = append(skipped, name)
		}
		return true, ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("the workload's tree %s: %w", w.From, err)
	}
	files := found.manifest()
	if files.Len() == 0 {
		return nil, fmt.Errorf("the workload's tree %s holds no files: there is nothing to do", w.From)
	}
	m, err := surveyFiles(ctx, tree, files)
	if err != nil {
		return nil, err
	}
	slices.Sort(dirs) // a parent is a prefix of what it holds, so it sorts first
	slices.Sort(skipped)
	m.Dirs, m.Skipped = dirs, skipped
	return m, nil
}

// surveyFiles puts the files of a tree in order and finds out what they hold. Since
// the walk, anything may have been put in their places.
func surveyFiles(ctx context.Context, tree dirio.Directory, files *Manifest) (*Manifest, error) {
	order := files.byName()
	name := func(item int) string { return files.Name(int(order[item])) }
	folders := make([]dirio.Cursor, Processors(len(order)))
	defer dirio.CloseCursors(folders)
	return surveyItems(ctx, len(order), name, func(number int) func(int, *File) error {
		buf, folder := make([]byte, DigestBuffer), &folders[number]
		return func(_ int, file *File) error {
			err := dirio.Visit(tree, folder, file.Name, func(f dirio.File, found dirio.Status) (err error) {
				file.Mode = found.Mode.Perm()
				file.Size, file.CRC, err = Digest(ctx, f, buf)
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(tree.Path, file.Name), err)
			}
			return nil
		}
	})
}

// byName is the items in the order of their names' bytes, whatever the locale.
func (m *Manifest) byName() []uint32 {
	order := make([]uint32, m.Len())
	for item := range order {
		order[item] = uint32(item)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return strings.Compare(m.Name(int(a)), m.Name(int(b)))
	})
	return order
}
