package operations

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
)

// TestCacheBelowOverlay checks the cache of files on an overlay, as in a container. Their pages
// are in the cache of the lower file.
func TestCacheBelowOverlay(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		must(t, os.Mkdir(path(name), 0o777))
	}
	var fs unix.Statfs_t
	must(t, unix.Statfs(dir, &fs))
	if fs.Type == unix.TMPFS_MAGIC {
		t.Skip("a file system in memory has no cold files")
	}
	must(t, os.WriteFile(path("lower/a"), []byte(strings.Repeat("x", 100_000)), 0o666))
	options := "lowerdir=" + path("lower") + ",upperdir=" + path("upper") + ",workdir=" + path("work")
	if err := unix.Mount("overlay", path("merged"), "overlay", 0, options); err != nil {
		t.Skipf("cannot mount an overlay: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(path("merged"), 0)) })
	must(t, os.WriteFile(path("merged/b"), []byte(strings.Repeat("y", 100_000)), 0o666))

	ctx := context.Background()
	w := workload.Workload{From: path("merged")}
	m, err := workload.Survey(ctx, w)
	must(t, err)
	site := Site{Workload: w, Manifest: m, Input: path("merged"), Cache: CacheCold}
	must(t, WarmCache(ctx, read{}, site))
	if warm, err := CachedFraction(ctx, read{}, site); err != nil || warm != 1 {
		t.Errorf("cached fraction after reading everything: got %v, want 1 (%v)", warm, err)
	}
	if left, err := DropCache(ctx, read{}, site); err != nil || left > 0.01 {
		t.Errorf("cached fraction after dropping: got %v, want 0 (%v)", left, err)
	}
	_, err = os.ReadFile(path("merged/a"))
	must(t, err)
	if half, err := CachedFraction(ctx, read{}, site); err != nil || half < 0.4 || half > 0.6 {
		t.Errorf("cached fraction with one of two files read: got %v, want 0.5 (%v)", half, err)
	}
}
