package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmptyKeepsDirectory removes the content of a directory and keeps the directory. It
// removes a link in its place, and not the target of the link.
func TestEmptyKeepsDirectory(t *testing.T) {
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
		t.Errorf("got entries %v, error %v, want an empty directory", entries, err)
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
		t.Error("emptied a directory outside the workspace")
	}
}
