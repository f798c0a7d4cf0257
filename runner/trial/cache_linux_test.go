package trial

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// dirOnDisk returns a directory whose files are not in memory.
func dirOnDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if kind := sysinfo.FilesystemOf(dir).Type; kind == "tmpfs" || kind == "ramfs" {
		t.Skipf("%s is %s, where no file can be cold", dir, kind)
	}
	return dir
}

// newTree creates a tree of files and returns an operation that reads it, with its site.
func newTree(t *testing.T, cache string) (operations.Operation, operations.Site) {
	t.Helper()
	dir := dirOnDisk(t)
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat("x", 50_000)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := workload.Workload{From: dir}
	m, err := workload.Survey(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	op, _ := operations.Named("read")
	return op, operations.Site{Workload: w, Manifest: m, Input: dir, Cache: cache}
}

// TestSetCache checks the reported fraction in each state of the cache.
func TestSetCache(t *testing.T) {
	for cache, want := range map[string]float64{operations.CacheWarm: 1, operations.CacheCold: 0, operations.CacheDirect: 0} {
		op, site := newTree(t, cache)
		got, err := setCache(context.Background(), op, site)
		if err != nil || got == nil || *got != want {
			t.Errorf("cache %s: got the fraction %v (%v), want %v", cache, got, err, want)
		}
	}
	op, site := newTree(t, "") // a cell without the axis reads a tree too
	if got, err := setCache(context.Background(), op, site); err != nil || got == nil {
		t.Errorf("without a state to set: got no fraction (%v)", err)
	}
	op, _ = operations.Named("delete")
	if got, err := setCache(context.Background(), op, site); err != nil || got != nil {
		t.Errorf("delete: got the fraction %v (%v), want none because it reads nothing", got, err)
	}
}

// TestCachedReadsAreNotDirect reads an input through the page cache, as a file system does that
// ignores O_DIRECT.
func TestCachedReadsAreNotDirect(t *testing.T) {
	ctx := context.Background()
	op, site := newTree(t, operations.CacheDirect)
	if _, err := setCache(ctx, op, site); err != nil {
		t.Fatal(err)
	}
	if err := checkDirect(ctx, op, site); err != nil {
		t.Errorf("got %v before anything was read", err)
	}
	if _, err := os.ReadFile(filepath.Join(site.Input, "a")); err != nil {
		t.Fatal(err)
	}
	if err := checkDirect(ctx, op, site); err == nil || !strings.Contains(err.Error(), "50.0% of the inputs were in the page cache") {
		t.Errorf("half of the inputs were read through the cache: got %v", err)
	}
}

// TestWarmCacheNoise checks inputs of which a part is no longer in memory.
func TestWarmCacheNoise(t *testing.T) {
	_, site := newTree(t, operations.CacheWarm)
	if noise := warmCacheNoise(site, new(0.625)); !strings.Contains(noise, "62% of the inputs") {
		t.Errorf("five eighths in memory: got %q", noise)
	}
	if noise := warmCacheNoise(site, new(1.0)) + warmCacheNoise(site, nil); noise != "" {
		t.Errorf("all in memory, or unknown: got %q, want none", noise)
	}
	if _, site := newTree(t, operations.CacheCold); warmCacheNoise(site, new(0.0)) != "" {
		t.Error("a cold cache counts as noise in a cold trial")
	}
}
