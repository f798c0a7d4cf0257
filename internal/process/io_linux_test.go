package process

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/sysinfo"
)

// TestDroppedPagesAreNotStored removes files before they are written back. A system whose
// memory is full of dirty pages may write a file back at once. So the test first stores all
// waiting pages, and tries several files.
func TestDroppedPagesAreNotStored(t *testing.T) {
	const bytes = 4 << 20
	dir := t.TempDir()
	var stored []int64
	for range 10 {
		must(t, waitStored(dir))
		written, remaining := storeAndDrop(t, dir, bytes)
		if written < bytes {
			t.Skip("this file system does not count written bytes as stored: ", sysinfo.FilesystemOf(dir).Type)
		}
		if remaining < bytes {
			return
		}
		stored = append(stored, remaining)
	}
	t.Errorf("wrote files of %d bytes and removed them at once: got %d stored bytes, want fewer", bytes, stored)
}

// storeAndDrop writes a file of the given size and removes it. It returns the bytes counted as
// stored before the removal and after it.
func storeAndDrop(t *testing.T, dir string, bytes int) (written, remaining int64) {
	path := filepath.Join(dir, "file")
	before := ReadIO()
	must(t, os.WriteFile(path, make([]byte, bytes), 0o600))
	first := ReadIO().StoredSince(before)
	must(t, os.Remove(path))
	second := ReadIO().StoredSince(before)
	if first == nil || second == nil {
		t.Fatal("the stored bytes are unknown")
	}
	return *first, *second
}

// waitStored waits until the file system of dir has stored all written data.
func waitStored(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

func TestStoredSince(t *testing.T) {
	before := IOCount{known: true, stored: 1000}
	if n := (IOCount{known: true, stored: 1500}).StoredSince(before); n == nil || *n != 500 {
		t.Error(n)
	}
	if n := (IOCount{known: true, stored: 10}).StoredSince(before); n == nil || *n != 0 {
		t.Error("got a negative amount, want 0 when earlier writes were dropped", n)
	}
	if (IOCount{}).StoredSince(before) != nil || before.StoredSince(IOCount{}) != nil {
		t.Error("got a value, want nil when a counter is unknown")
	}
}
