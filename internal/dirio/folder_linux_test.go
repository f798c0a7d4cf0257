//go:build !portable

package dirio

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMincoreAgreesWithCachestat: the older call is for older kernels, so it
// has to be tried where both are.
func TestMincoreAgreesWithCachestat(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 4097, 300_000} {
		path := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(path, make([]byte, size), 0o644))
		f, err := os.Open(path)
		must(t, err)
		defer f.Close()
		now, err := ResidentPages(f, int64(size))
		must(t, err)
		if size == 0 {
			continue
		}
		before, err := mincore(f, int64(size))
		must(t, err)
		if now != before || now != PagesOf(int64(size)) {
			t.Errorf("%d bytes: cachestat says %d pages, mincore %d, written were %d", size, now, before, PagesOf(int64(size)))
		}
	}
}

// TestFoldersStayInside: no way of opening a folder follows a link or goes up, and
// all find what is there.
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
	for _, across := range []bool{true, false} {
		here, err := dir.Top.OpenFolder("a/b", across)
		must(t, err)
		in, err := here.open("file")
		must(t, err)
		must(t, in.Close())
		must(t, here.Close())
		for _, name := range []string{"a/link", "..", "a/../..", "none", "a/b/file"} {
			if here, err := dir.Top.OpenFolder(name, across); err == nil {
				here.Close()
				t.Errorf("opened %q", name)
			}
		}
	}
	if in, err := dir.Top.open("filelink"); err == nil {
		in.Close()
		t.Error("a link was followed")
	}
}
