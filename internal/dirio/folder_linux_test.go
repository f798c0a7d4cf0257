//go:build !portable

package dirio

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMincoreAgreesWithCachestat compares both calls. Older kernels have only mincore, so it
// must be tested on a kernel with both.
func TestMincoreAgreesWithCachestat(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 4097, 300_000} {
		path := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(path, make([]byte, size), 0o644))
		f, err := os.Open(path)
		must(t, err)
		defer f.Close()
		got, err := ResidentPages(f, int64(size))
		must(t, err)
		if size == 0 {
			continue
		}
		older, err := mincore(f, int64(size))
		must(t, err)
		if got != older || got != PagesOf(int64(size)) {
			t.Errorf("%d bytes: got %d pages from cachestat and %d from mincore, want %d", size, got, older, PagesOf(int64(size)))
		}
	}
}

// TestFoldersStayInside opens folders. No name may lead through a link or out of the folder,
// and names that stay inside must work.
func TestFoldersStayInside(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(inside, "a", "b"), 0o755))
	must(t, os.WriteFile(filepath.Join(inside, "a", "b", "file"), []byte("x"), 0o644))
	must(t, os.WriteFile(filepath.Join(outside, "file"), []byte("secret"), 0o644))
	must(t, os.Symlink(outside, filepath.Join(inside, "a", "link")))
	must(t, os.Symlink(filepath.Join(outside, "file"), filepath.Join(inside, "filelink")))
	dir, err := OpenTree(inside)
	must(t, err)
	defer dir.Close()
	for _, crossMounts := range []bool{true, false} {
		here, err := dir.Top.OpenFolder("a/b", crossMounts)
		must(t, err)
		in, err := here.open("file")
		must(t, err)
		must(t, in.Close())
		must(t, here.Close())
		for _, name := range []string{"a/link", "..", "a/../..", "none", "a/b/file"} {
			if here, err := dir.Top.OpenFolder(name, crossMounts); err == nil {
				here.Close()
				t.Errorf("opened %q", name)
			}
		}
	}
	if in, err := dir.Top.open("filelink"); err == nil {
		in.Close()
		t.Error("open followed a link")
	}
}
