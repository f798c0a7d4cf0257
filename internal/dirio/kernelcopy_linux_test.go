//go:build !portable

package dirio

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// secondFileSystem returns a directory on another file system than dir. It skips the test if
// there is none.
func secondFileSystem(t *testing.T, dir string) string {
	t.Helper()
	other, err := os.MkdirTemp("/dev/shm", "iosweep-test-")
	if err != nil {
		t.Skip("there is no second file system: ", err)
	}
	t.Cleanup(func() { os.RemoveAll(other) })
	var a, b unix.Stat_t
	must(t, unix.Stat(dir, &a))
	must(t, unix.Stat(other, &b))
	if a.Dev == b.Dev {
		t.Skip("there is no second file system: temporary files are also in memory")
	}
	return other
}

// copyWithin copies one file with a KernelCopy.
func copyWithin(t *testing.T, k *KernelCopy, from, to string, content []byte, size int64) (moved int64, done bool, err error) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(from, "file"), content, 0o644))
	os.Remove(filepath.Join(to, "copy"))
	source, err := openFolder(from)
	must(t, err)
	defer source.Close()
	target, err := openFolder(to)
	must(t, err)
	defer target.Close()
	in, err := source.open("file")
	must(t, err)
	defer in.Close()
	out, err := target.Create("copy", 0o644)
	must(t, err)
	defer out.Close()
	return k.Copy(out, in, size, size+1)
}

// TestKernelCopyFallsBack copies with the first call, between two file systems, and with no
// call left. The content must be the same each time.
func TestKernelCopyFallsBack(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	size := int64(len(content))
	var k KernelCopy
	if _, done, err := copyWithin(t, &k, dir, dir, content, size); !done || err != nil {
		t.Fatal("within one file system: ", done, err)
	}
	if k.call.Load() != 0 {
		t.Error("copy_file_range was given up within one file system")
	}
	other := secondFileSystem(t, dir)
	moved, done, err := copyWithin(t, &k, dir, other, content, size)
	if moved != size || !done || err != nil {
		t.Fatalf("from one file system to another: %d of %d bytes, done %v, %v", moved, size, done, err)
	}
	if got, err := os.ReadFile(filepath.Join(other, "copy")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the copy differs: %v", err)
	}
	k.call.Store(int32(len(kernelCalls)))
	if moved, done, err := copyWithin(t, &k, dir, dir, content, size); moved != 0 || done || err != nil {
		t.Errorf("with no call left: got %d bytes, done %v, error %v", moved, done, err)
	}
}

// TestKernelCopyWithChangedSize copies files that have grown or shrunk since the survey.
func TestKernelCopyWithChangedSize(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte{7}, 40_000)
	for expected, want := range map[int64]int64{40_000: 40_000, 39_999: 40_000, 30_000: 30_001, 50_000: 40_000} {
		moved, done, err := copyWithin(t, new(KernelCopy), dir, dir, content, expected)
		if moved != want || !done || err != nil {
			t.Errorf("40,000 bytes where %d are expected: %d moved, done %v, %v; want %d", expected, moved, done, err, want)
		}
	}
}
