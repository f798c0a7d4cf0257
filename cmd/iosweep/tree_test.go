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

// A tree describes everything below a directory. It maps the path of each entry to its kind,
// permissions and content. Paths are byte strings, because names need not be UTF-8.
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
		content, err := contentOf(path, info.Mode())
		t[rel] = fmt.Sprintf("%v %s", info.Mode(), content)
		return err
	})
	return t, err
}

// contentOf returns the checksum of a regular file or the target of a link. For other files
// it returns "".
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

// checkUnchanged checks that a directory is the same as before.
func checkUnchanged(t *testing.T, root string, before tree) {
	t.Helper()
	if diff := cmp.Diff(before, mustReadTree(t, root)); diff != "" {
		t.Errorf("%s has changed (-before +after):\n%s", root, diff)
	}
}

// checkEmpty checks that a directory is empty.
func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s should be empty, but contains %s", dir, e.Name())
	}
}

// writeFile writes a file and makes its directories.
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
