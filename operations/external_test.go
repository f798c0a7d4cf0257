package operations_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
)

// counting is an operation outside the package operations. For every item it writes a file with
// the item's size.
type counting struct{}

var (
	_ operations.Operation = counting{}
	_ operations.Bracketed = countTask{}
)

func (counting) Info() operations.Info {
	return operations.Info{Name: "count", About: "write the size of every file", Needs: operations.NeedsFiles}
}

func (counting) Open(site operations.Site) (operations.Task, error) { return countTask{site}, nil }

func (counting) Footprint(site operations.Site, items operations.WorkloadSize) operations.Footprint {
	sum := items.Dirs(site).Plus(items.NewNames())
	for range items.Items {
		sum = sum.Plus(items.File(20)) // enough for 20 digits
	}
	return sum
}

func (counting) Descriptors(operations.Site) operations.Descriptors {
	return operations.Descriptors{Loading: 1, Storing: 1}
}

func (counting) Verify(site operations.Site, _ []uint32) (operations.Outcome, error) {
	out := operations.Outcome{Items: site.Manifest.Len(), Bytes: site.Manifest.Bytes()}
	for item, file := range site.Manifest.All() {
		size, err := os.ReadFile(filepath.Join(site.Output, file.Name))
		if err == nil && string(size) != fmt.Sprint(file.Size) {
			err = fmt.Errorf("got size %s, want %d", size, file.Size)
		}
		if err != nil {
			return out, fmt.Errorf("item %d %q: %w", item, file.Name, err)
		}
		out.OutputBytes += int64(len(size))
	}
	return out, nil
}

type countTask struct{ site operations.Site }

func (t countTask) Begin() error {
	for _, name := range t.site.Manifest.Dirs {
		if err := t.site.Dirs.Mkdir(filepath.Join(t.site.Output, name)); err != nil {
			return err
		}
	}
	return nil
}

func (countTask) End() error { return nil }

func (t countTask) Do(_ *operations.Scratch, item int) (operations.Result, error) {
	name := t.site.Manifest.Name(item)
	data, err := os.ReadFile(filepath.Join(t.site.Input, name))
	if err == nil {
		err = os.WriteFile(filepath.Join(t.site.Output, name), fmt.Append(nil, len(data)), 0o644)
	}
	return operations.Result{Bytes: int64(len(data))}, err
}

func (countTask) Close() error { return nil }

// anyDirs makes, opens and removes directories anywhere.
type anyDirs struct{}

func (anyDirs) Open(path string) (*os.File, error) { return os.Open(path) }
func (anyDirs) Mkdir(path string) error            { return os.Mkdir(path, 0o755) }
func (anyDirs) Rmdir(path string) error            { return os.Remove(path) }

// TestOperationFromAnotherPackage adds an operation to the list. It must be found, prepared,
// estimated, done and verified like the others, and a skipped item must be detected.
func TestOperationFromAnotherPackage(t *testing.T) {
	before := operations.All
	t.Cleanup(func() { operations.All = before })
	operations.All = append(operations.All[:len(before):len(before)], counting{})
	op, ok := operations.Named("count")
	if !ok {
		t.Fatal("Named does not find it")
	}
	tree := t.TempDir()
	for _, name := range []string{"a/one", "a/b/two", "three"} {
		if err := os.MkdirAll(filepath.Join(tree, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tree, name), []byte(strings.Repeat("x", len(name)*1000)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range []workload.Workload{{Files: 20, Content: workload.ContentRows, Lines: 3, Values: 2}, {From: tree}} {
		site := operations.Site{
			Workload: w, Dirs: anyDirs{}, Input: t.TempDir(), Output: t.TempDir(),
			Workers: 1, Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
		}
		var err error
		if site.Manifest, err = workload.Survey(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if err := operations.Prepare(t.Context(), op, site); err != nil {
			t.Fatal(err)
		}
		if err := operations.WarmCache(context.Background(), op, site); err != nil {
			t.Error(err)
		}
		if !operations.ReadsInputs(op, site) {
			t.Error("ReadsInputs: got false, want true")
		}
		if err := try(op, site, site.Manifest.Len()-1); err == nil || !strings.Contains(err.Error(), "item") {
			t.Errorf("got %v from Verify, want an error about the skipped item", err)
		}
		site.Output = t.TempDir()
		if err := try(op, site, site.Manifest.Len()); err != nil {
			t.Error(err)
		}
		var names int64 // including the directory's own
		if err := filepath.WalkDir(site.Output, func(_ string, _ os.DirEntry, err error) error {
			names++
			return err
		}); err != nil {
			t.Fatal(err)
		}
		size := operations.MeasureWorkload(w, site.Manifest, 4096)
		if got := size.Output(op, site); got.Files != names || got.Bytes < site.Manifest.Bytes()/1000 {
			t.Errorf("got footprint %+v, want %d names", got, names)
		}
		if out := op.Info().OutputPath(site.Output); out != site.Output {
			t.Errorf("got output path %q", out)
		}
	}
}

// try does the first n items of a trial and verifies it.
func try(op operations.Operation, site operations.Site, n int) error {
	task, err := op.Open(site)
	if err != nil {
		return err
	}
	defer task.Close()
	bracket, bracketed := task.(operations.Bracketed)
	if bracketed {
		if err := bracket.Begin(); err != nil {
			return err
		}
	}
	var s operations.Scratch
	defer s.Close()
	for item := range n {
		if _, err := task.Do(&s, item); err != nil {
			return err
		}
	}
	if bracketed {
		if err := bracket.End(); err != nil {
			return err
		}
	}
	_, err = op.Verify(site, nil)
	return err
}
