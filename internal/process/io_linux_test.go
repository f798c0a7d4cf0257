package process

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/sysinfo"
)

// TestWhatWasDroppedIsNotStored: a file that is gone before it was written back. A system whose memory is full of
// unwritten pages may write a file back at once, and then it was stored: what waits is stored first, and several files
// are tried.
func TestWhatWasDroppedIsNotStored(t *testing.T) {
	const bytes = 4 << 20
	dir := t.TempDir()
	var stored []int64
	for range 10 {
		must(t, waitStored(dir))
		written, left := storeAndDrop(t, dir, bytes)
		if written < bytes {
			t.Skip("what is written here need not be stored: ", sysinfo.FilesystemOf(dir).Type)
		}
		if left < bytes {
			return
		}
		stored = append(stored, left)
	}
	t.Errorf("of files of %d bytes that were removed at once, these many bytes are stored: %d", bytes, stored)
}

// storeAndDrop writes a file of so many bytes and removes it: what was counted as stored before the file went, and after.
func storeAndDrop(t *testing.T, dir string, bytes int) (written, left int64) {
	path := filepath.Join(dir, "file")
	before := ReadIO()
	must(t, os.WriteFile(path, make([]byte, bytes), 0o600))
	first := ReadIO().StoredSince(before)
	must(t, os.Remove(path))
	second := ReadIO().StoredSince(before)
	if first == nil || second == nil {
		t.Fatal("it is not known what was stored")
	}
	return *first, *second
}

// waitStored waits until all that was written to the file system of dir is stored.
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
		t.Error("what was taken back of earlier writes is no negative amount", n)
	}
	if (IOCount{}).StoredSince(before) != nil || before.StoredSince(IOCount{}) != nil {
		t.Error("what is not known is no zero")
	}
}
