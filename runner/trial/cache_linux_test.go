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

// onADisk is a directory whose files are not memory.
func onADisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if kind := sysinfo.FilesystemOf(dir).Type; kind == "tmpfs" || kind == "ramfs" {
		t.Skipf("%s is %s: nothing can be cold there", dir, kind)
	}
	return dir
}

// aTree is a tree of files that an operation reads, and the site for it.
func aTree(t *testing.T, cache string) (operations.Operation, operations.Site) {
	t.Helper()
	dir := onADisk(t)
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

// TestEveryReaderSaysWhatIsCached, in each state that can be asked for.
func TestEveryReaderSaysWhatIsCached(t *testing.T) {
	for cache, want := range map[string]float64{operations.CacheWarm: 1, operations.CacheCold: 0, operations.CacheDirect: 0} {
		op, site := aTree(t, cache)
		got, err := setCache(context.Background(), op, site)
		if err != nil || got == nil || *got != want {
			t.Errorf("cache %s: %v cached (%v), want %v", cache, got, err, want)
		}
	}
	op, site := aTree(t, "") // an operation without the axis that reads a tree all the same
	if got, err := setCache(context.Background(), op, site); err != nil || got == nil {
		t.Errorf("without a state to set, nothing is said of the inputs (%v)", err)
	}
	op, _ = operations.Named("delete")
	if got, err := setCache(context.Background(), op, site); err != nil || got != nil {
		t.Errorf("delete reads nothing, and %v of it is cached (%v)", got, err)
	}
}

// TestWhatWentThroughTheCacheWasNotDirect: the inputs are read as somebody would who
// takes O_DIRECT for a hint.
func TestWhatWentThroughTheCacheWasNotDirect(t *testing.T) {
	ctx := context.Background()
	op, site := aTree(t, operations.CacheDirect)
	if _, err := setCache(ctx, op, site); err != nil {
		t.Fatal(err)
	}
	if err := checkDirect(ctx, op, site); err != nil {
		t.Errorf("nothing was read, and %v", err)
	}
	if _, err := os.ReadFile(filepath.Join(site.Input, "a")); err != nil {
		t.Fatal(err)
	}
	if err := checkDirect(ctx, op, site); err == nil || !strings.Contains(err.Error(), "50.0% of the inputs were in the page cache") {
		t.Errorf("half of the inputs went through the cache, and the trial ends with: %v", err)
	}
}

// TestWarmThatIsNotIsNoise: part of the inputs fell out of memory again.
func TestWarmThatIsNotIsNoise(t *testing.T) {
	_, site := aTree(t, operations.CacheWarm)
	if said := warmCacheNoise(site, new(0.625)); !strings.Contains(said, "62% of the inputs") {
		t.Errorf("five eighths in memory: %q", said)
	}
	if said := warmCacheNoise(site, new(1.0)) + warmCacheNoise(site, nil); said != "" {
		t.Errorf("all in memory, or not known: %q", said)
	}
	if _, site := aTree(t, operations.CacheCold); warmCacheNoise(site, new(0.0)) != "" {
		t.Error("a cold trial is noisy for being cold")
	}
}
