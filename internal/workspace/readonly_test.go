//go:build unix

package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadOnlyDirectoriesAreRemoved(t *testing.T) {
	w, _ := create(t)
	dir, err := w.Make("trials/1/output/locked/deep")
	if err != nil {
		t.Fatal(err)
	}
	precious(t, dir)
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.RemoveTree(filepath.Join(w.Path(), "trials", "1")); err != nil {
		t.Errorf("not cleared: %v", err)
	}
	if err := w.Remove(); err != nil {
		t.Errorf("not removed: %v", err)
	}
}
