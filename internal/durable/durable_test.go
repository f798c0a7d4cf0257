package durable

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteFileReplacesWhole(t *testing.T) {
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
		t.Errorf("the file holds %q", now)
	}
	before := make([]byte, 64)
	if n, _ := old.Read(before); string(before[:n]) != "a long first version" {
		t.Errorf("who had it open now reads %q", before[:n])
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left, want the one", len(left))
	}
}

func TestWriteFileIntoNoDirectory(t *testing.T) {
	if err := WriteFile(filepath.Join(t.TempDir(), "absent", "f"), nil); err == nil {
		t.Error("written into a directory that is not there")
	}
}
