package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmptyLetsTheDirectoryStand, and nothing in it; a link in its place is removed,
// and not what it leads to.
func TestEmptyLetsTheDirectoryStand(t *testing.T) {
	parent := t.TempDir()
	w, err := Create(parent, "20260102-030405-1a2b3c4d")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Remove()
	dir, err := w.Make("trials/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Make("trials/1/output/deep"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "output", "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Empty(dir); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("it holds %v, %v", entries, err)
	}
	precious := filepath.Join(parent, "precious")
	if err := os.MkdirAll(filepath.Join(precious, "thesis"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(w.Path(), "trials", "2")
	if err := os.Symlink(precious, link); err != nil {
		t.Skip(err)
	}
	if err := w.Empty(link); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); !os.IsNotExist(err) {
		t.Errorf("the link is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(precious, "thesis")); err != nil {
		t.Error(err)
	}
	if err := w.Empty(parent); err == nil {
		t.Error("a directory that is not below the workspace was emptied")
	}
}
