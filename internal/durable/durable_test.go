package durable

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteFileReplacesWholeFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.json")
	if err := WriteFile(path, []byte("a long first version")); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := WriteFile(path, []byte("second")); err != nil {
		t.Fatal(err)
	}
	if now, _ := os.ReadFile(path); string(now) != "second" {
		t.Errorf("the file contains %q, want \"second\"", now)
	}
	before := make([]byte, 64)
	if n, _ := old.Read(before); string(before[:n]) != "a long first version" {
		t.Errorf("the open old file contains %q, want its first version", before[:n])
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("got %d files in the directory, want 1", len(entries))
	}
}

func TestWriteFileIntoMissingDirectory(t *testing.T) {
	if err := WriteFile(filepath.Join(t.TempDir(), "absent", "f"), nil); err == nil {
		t.Error("got no error for a missing directory")
	}
}
