package operations

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
)

// surveyTree makes the manifest of an existing tree: its files in the order of
// their names, each with size, checksum and permissions. The tree is only ever
// read. What is neither file nor directory is left out of the workload: a link
// followed could lead anywhere, and a pipe opened could block for ever.
func surveyTree(ctx context.Context, w Workload) (*Manifest, error) {
	tree, err := openDirectory(w.From)
	if err != nil {
		return nil, fmt.Errorf("the workload's tree: %w", err)
	}
	defer tree.Close()
	m := &Manifest{}
	err = tree.walk(func(name string, kind fs.FileMode) (bool, error) {
		switch {
		case kind.IsDir():
			m.Dirs = append(m.Dirs, name)
		case kind.IsRegular():
			m.Files = append(m.Files, File{Name: name})
		default:
			m.Skipped = append(m.Skipped, name)
		}
		return true, ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("the workload's tree %s: %w", w.From, err)
	}
	if len(m.Files) == 0 {
		return nil, fmt.Errorf("the workload's tree %s holds no files: there is nothing to do", w.From)
	}
	slices.Sort(m.Dirs) // a parent is a prefix of what it holds, so it sorts first
	slices.Sort(m.Skipped)
	slices.SortFunc(m.Files, func(a, b File) int { return compareNames(a.Name, b.Name) })
	return m, surveyFiles(ctx, tree, m.Files)
}

// compareNames orders names by their bytes, whatever the locale.
func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// surveyFiles fills in what the files of a tree hold.
func surveyFiles(ctx context.Context, tree directory, files []File) error {
	return forEach(ctx, len(files), func() func(int) error {
		buf := make([]byte, digestBuffer)
		return func(item int) error {
			f, err := tree.root.Open(files[item].Name)
			if err != nil {
				return err
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			files[item].Mode = info.Mode().Perm()
			files[item].Size, files[item].CRC, err = digest(f, buf)
			return err
		}
	})
}
