package operations

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"iosweep/internal/workload"
)

// plainDirs makes, opens and removes directories anywhere. This is enough below a test's
// temporary directory.
type plainDirs struct{}

func (plainDirs) Open(path string) (*os.File, error) { return os.Open(path) }
func (plainDirs) Mkdir(path string) error            { return os.Mkdir(path, 0o755) }
func (plainDirs) Rmdir(path string) error            { return os.Remove(path) }

// workloads returns a workload of each kind: flat and made, and a nested tree.
func workloads(t testing.TB) map[string]workload.Workload {
	return map[string]workload.Workload{
		"rows":   {Files: 12, Content: workload.ContentRows, Lines: 40, Values: 5, Seed: 3},
		"random": {Files: 11, Content: workload.ContentRandom, Lines: 20, Values: 4, Seed: 1},
		"bytes":  {Files: 9, Content: workload.ContentBytes, Size: 5001, Seed: 2},
		"empty":  {Files: 3, Content: workload.ContentBytes, Size: 0},
		"text":   {Files: 1, Content: workload.ContentText, Size: 11},
		"nested": {Files: 20, Content: workload.ContentBytes, Size: 3000, Sigma: 2, Depth: 3, Fanout: 2},
		"tree":   {From: makeTree(t)},
	}
}

// makeTree makes a nested tree with names that break careless programs.
func makeTree(t testing.TB) string {
	root := t.TempDir()
	files := map[string]string{
		"plain.txt":          "plain",
		"empty.txt":          "",
		"a/one.txt":          "one",
		"a/b/two.txt":        "two",
		"a/b/c/three.bin":    string(make([]byte, 300_000)),
		"a b/with space.txt": "space",
		"zz/ümläut.txt":      "utf-8",
		"zz/-rf":             "an option?",
	}
	if runtime.GOOS != "windows" {
		files["zz/new\nline"] = "newline"
		files["zz/back\\slash"] = "backslash"
		files[`zz/"quoted"`] = "quotes"
	}
	if runtime.GOOS == "linux" {
		files["zz/not-utf8-\xff\xfe"] = "bytes"
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(content), 0o644))
	}
	must(t, os.Chmod(filepath.Join(root, "plain.txt"), 0o640))
	must(t, os.Chmod(filepath.Join(root, "empty.txt"), 0o666)) // the usual umask would remove some of it
	must(t, os.MkdirAll(filepath.Join(root, "hollow", "inside"), 0o755))
	if runtime.GOOS != "windows" {
		must(t, os.Symlink("/etc/hostname", filepath.Join(root, "a", "link")))
	}
	return root
}

// newSite makes the directories of a trial and prepares its inputs.
func newSite(t testing.TB, op Operation, w workload.Workload, change func(*Site)) Site {
	t.Helper()
	manifest, err := workload.Survey(context.Background(), w)
	must(t, err)
	site := Site{
		Workload: w,
		Manifest: manifest,
		Input:    t.TempDir(),
		Output:   t.TempDir(),
		Dirs:     plainDirs{},
		Workers:  1,
		Level:    6,
		Layout:   LayoutShared,
		Cache:    CacheWarm,
		Sync:     SyncNone,
	}
	if change != nil {
		change(&site)
	}
	must(t, Prepare(context.Background(), op, site))
	return site
}

// A doFunc does items of a task.
type doFunc func(task Task, site Site, items []int) ([]uint32, error)

// oneByOne does them in order, with one scratch.
func oneByOne(task Task, site Site, items []int) ([]uint32, error) {
	ranges := RangesOf(site)
	digests := make([]uint32, ranges.Len())
	var s Scratch
	defer s.Close()
	for _, item := range items {
		result, err := task.Do(&s, item)
		if err != nil {
			return digests, err
		}
		if want := ranges.At(item).Length; result.Bytes != want {
			return digests, fmt.Errorf("item %d: got %d bytes, want %d", item, result.Bytes, want)
		}
		digests[item] = result.Digest
	}
	return digests, s.Close()
}

// concurrently does them on as many goroutines as the site has workers. Under a sink it calls Do
// with a lock, as a strategy would.
func concurrently(task Task, site Site, items []int) ([]uint32, error) {
	digests := make([]uint32, len(allItems(site)))
	var next atomic.Int64
	var group errgroup.Group
	lock := make(chan struct{}, 1)
	_, staged := task.(Staged)
	shared := staged && site.Sink != "" && !site.Unlocked()
	for worker := range site.Workers {
		group.Go(func() error {
			s := &Scratch{Worker: worker, Yield: runtime.Gosched}
			defer s.Close()
			for {
				n := int(next.Add(1)) - 1
				if n >= len(items) {
					return s.Close()
				}
				if shared {
					lock <- struct{}{}
				}
				result, err := task.Do(s, items[n])
				if shared {
					<-lock
				}
				if err != nil {
					return err
				}
				digests[items[n]] = result.Digest
			}
		})
	}
	return digests, group.Wait()
}

// perform opens an operation and does the items of a whole trial.
func perform(t testing.TB, op Operation, site Site, do doFunc, items []int) []uint32 {
	t.Helper()
	task, err := op.Open(site)
	must(t, err)
	bracket, bracketed := task.(Bracketed)
	if bracketed {
		must(t, bracket.Begin())
	}
	digests, err := do(task, site, items)
	must(t, err)
	if bracketed {
		must(t, bracket.End())
	}
	must(t, task.Close())
	return digests
}

// allItems returns the items of a site, in order.
func allItems(site Site) []int {
	ranges := RangesOf(site)
	items := make([]int, ranges.Len())
	for i := range items {
		items[i] = i
	}
	return items
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content returns the content of an item.
func content(t testing.TB, w workload.Workload, item int) []byte {
	t.Helper()
	c, err := workload.ContentOf(w)
	must(t, err)
	data, err := c.Append(nil, item)
	must(t, err)
	return data
}
