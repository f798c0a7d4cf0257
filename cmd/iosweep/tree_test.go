package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tree is everything below a directory: the path of each entry, with its kind,
// permissions and what it holds. Two equal trees are the same to whoever reads
// them. Paths are keys byte for byte: names need not be UTF-8.
type tree map[string]string

// readTree describes a directory without following links.
func readTree(root string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		held, err := contentOf(path, info.Mode())
		t[rel] = fmt.Sprintf("%v %s", info.Mode(), held)
		return err
	})
	return t, err
}

// contentOf is the checksum of a file, the target of a link, and nothing for
// what holds nothing.
func contentOf(path string, mode fs.FileMode) (string, error) {
	switch {
	case mode.IsRegular():
		data, err := os.ReadFile(path)
		return fmt.Sprintf("%x", sha256.Sum256(data)), err
	case mode&fs.ModeSymlink != 0:
		return os.Readlink(path)
	}
	return "", nil
}

func mustReadTree(t *testing.T, root string) tree {
	t.Helper()
	now, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// unchanged fails the test if a directory is not what it was.
func unchanged(t *testing.T, root string, before tree) {
	t.Helper()
	if diff := cmp.Diff(before, mustReadTree(t, root)); diff != "" {
		t.Errorf("%s has changed (-before +after):\n%s", root, diff)
	}
}

// empty fails the test if a directory, a workspace in particular, holds anything.
func empty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s should be empty and holds %s", dir, e.Name())
	}
}

// writeFile writes a file of a test, its directories included.
func writeFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
