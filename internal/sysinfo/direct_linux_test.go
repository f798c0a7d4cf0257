package sysinfo

import (
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestDirectAlignment reads directly at the returned alignment, and at half of it.
func TestDirectAlignment(t *testing.T) {
	dir := t.TempDir()
	n := DirectAlignment(dir, true)
	if device := DirectAlignment(dir, false); n == 0 || device == 0 {
		t.Skipf("the alignment is unknown here: %d by the file system, %d by the device", n, device)
	} else if n%device != 0 {
		t.Errorf("the file system has an alignment of %d bytes and its device of %d", n, device)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("got entries %v, want none: %v", entries, err)
	}
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, make([]byte, 4*n), 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		t.Skip("the file system does not support direct reads: ", err)
	}
	defer unix.Close(fd)
	space := make([]byte, n+4096)
	skip := 4096 - int(uintptr(unsafe.Pointer(&space[0]))%4096)
	if got, err := unix.Pread(fd, space[skip:skip+int(n)], n); err != nil || got != int(n) {
		t.Errorf("a read of %d bytes at %d returned %d: %v", n, n, got, err)
	}
	if got, err := unix.Pread(fd, space[skip:skip+int(n)/2], n/2); err == nil && got > 0 {
		t.Logf("a read of %d bytes at %d was allowed too", n/2, n/2)
	}
}
