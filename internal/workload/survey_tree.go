package workload

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"iosweep/internal/dirio"
)

// surveyTree returns the manifest of an existing tree: its files in the order of their names,
// with size, checksum and permissions. It only reads the tree. Entries that are neither files
// nor directories are not part of the workload: a link could lead anywhere, and opening a pipe
// could block forever.
func surveyTree(ctx context.Context, w Workload) (*Manifest, error) {
	tree, err := dirio.OpenTree(w.From)
	if err != nil {
		return nil, fmt.Errorf("the workload's tree: %w", err)
	}
	defer tree.Close()
	var files, dirs, skipped []string
	err = tree.Walk(func(name string, kind fs.FileMode) (bool, error) {
		if len(name) > dirio.MaxNameLength {
			return false, fmt.Errorf("the path %.40q... has %d bytes below the tree, but programs can open only %d; move it up, or use a tree without it",
				name, len(name), dirio.MaxNameLength)
		}
		switch {
		case kind.IsDir():
			dirs = append(dirs, name)
		case kind.IsRegular():
			files = append(files, name)
		default:
			skipped = append(skipped, name)
		}
		return true, ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("the workload's tree %s: %w", w.From, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the workload's tree %s contains no files", w.From)
	}
	slices.Sort(files) // by bytes, independent of the locale
	m, err := surveyFiles(ctx, tree, files)
	if err != nil {
		return nil, err
	}
	slices.Sort(dirs) // a parent is a prefix of its content, so it comes first
	slices.Sort(skipped)
	m.Dirs, m.Skipped = dirs, skipped
	return m, nil
}

// surveyFiles reads the files of a tree. Other kinds of files may have replaced them since the
// walk.
func surveyFiles(ctx context.Context, tree dirio.Directory, files []string) (*Manifest, error) {
	folders := make([]dirio.Cursor, Processors(len(files)))
	defer dirio.CloseCursors(folders)
	return surveyItems(ctx, len(files), func(item int) string { return files[item] }, func(number int) func(int, *File) error {
		buf, folder := make([]byte, DigestBuffer), &folders[number]
		return func(_ int, file *File) error {
			err := dirio.WithFile(tree, folder, file.Name, func(f dirio.File, found dirio.Status) (err error) {
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
