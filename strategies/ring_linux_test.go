package strategies

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
	"iosweep/operations"
)

func skipWithoutRings(t *testing.T) {
	t.Helper()
	if why := Unavailable(ioUring{}); why != "" {
		t.Skip(why)
	}
}

// inMemory returns a temporary directory in memory, if there is such a file system: thousands of
// files are slow on a disk.
func inMemory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "rings-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// ringSite returns the site of a trial in new directories, with prepared inputs.
func ringSite(t *testing.T, op operations.Operation, w workload.Workload, change func(*operations.Site)) operations.Site {
	t.Helper()
	manifest, err := workload.Survey(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	site := operations.Site{
		Workload: w, Manifest: manifest, Input: t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{},
		Workers: 1, Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
	}
	change(&site)
	if err := operations.Prepare(t.Context(), op, site); err != nil {
		t.Fatal(err)
	}
	return site
}

// ringTrial runs a whole trial over rings.
func ringTrial(t *testing.T, op operations.Operation, site operations.Site, depth, rings, chunk int) (Timing, error) {
	t.Helper()
	task, err := op.Open(site)
	if err != nil {
		t.Fatal(err)
	}
	defer task.Close()
	return Run(t.Context(), ioUring{}, Job{
		Task: task, Items: site.Manifest.Len(), Workers: depth, Threads: rings, Chunk: chunk,
	})
}

// deepTree makes a nested tree, with files of all sizes and with permissions that the umask
// removes.
func deepTree(t *testing.T) string {
	root := t.TempDir()
	for i := range 60 {
		dir := filepath.Join(root, fmt.Sprintf("d%d", i%7), fmt.Sprintf("e%d", i%3))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprintf("file %d", i))
		content := make([]byte, i*i*i*3) // up to 616,137 bytes: several pieces of a copy
		for j := range content {
			content[j] = byte(i + j*7)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if i%4 == 0 {
			if err := os.Chmod(path, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

// A ringCase is one trial of TestRingsDoRealItems.
type ringCase struct {
	workload            string
	layout, sync        string
	depth, rings, chunk int
}

// TestRingsDoRealItems runs and verifies each operation on a nested tree and on made files, with
// rings of various depths and under every axis.
func TestRingsDoRealItems(t *testing.T) {
	skipWithoutRings(t)
	workloads := map[string]workload.Workload{
		"tree":  {From: deepTree(t)},
		"bytes": {Files: 300, Content: workload.ContentBytes, Size: 5000, Seed: 1},
		"rows":  {Files: 40, Content: workload.ContentRows, Lines: 30, Values: 5},
		"empty": {Files: 5, Content: workload.ContentBytes},
	}
	for _, op := range operations.All {
		if !op.Info().Ringed {
			continue
		}
		for _, c := range []ringCase{
			{"tree", operations.LayoutShared, operations.SyncNone, 1, 1, 1},
			{"tree", operations.LayoutPerWorker, operations.SyncFile, 7, 2, 3},
			{"bytes", operations.LayoutShared, operations.SyncNone, 64, 1, 1},
			{"bytes", operations.LayoutPerWorker, operations.SyncEnd, 8, 2, 16},
			{"rows", operations.LayoutShared, operations.SyncFile, 16, 1, 1},
			{"empty", operations.LayoutPerWorker, operations.SyncNone, 8, 1, 1},
		} {
			t.Run(fmt.Sprintf("%s/%v", op.Info().Name, c), func(t *testing.T) {
				site := ringSite(t, op, workloads[c.workload], func(s *operations.Site) {
					s.Workers, s.Layout, s.Sync = c.depth*c.rings, c.layout, c.sync
				})
				timing, err := ringTrial(t, op, site, c.depth, c.rings, c.chunk)
				if err != nil {
					t.Fatal(err)
				}
				if timing.Items != site.Manifest.Len() || timing.Bytes != site.Manifest.Bytes() {
					t.Errorf("got %d items and %d bytes, want %d and %d", timing.Items, timing.Bytes, site.Manifest.Len(), site.Manifest.Bytes())
				}
				if _, err := op.Verify(site, timing.Digests); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestRingsReadDirect reads with O_DIRECT, or checks the error of a file system without it.
func TestRingsReadDirect(t *testing.T) {
	skipWithoutRings(t)
	op, _ := operations.Named("read")
	direct := func(s *operations.Site) { s.Cache = operations.CacheDirect }
	site := ringSite(t, op, workload.Workload{From: deepTree(t)}, direct)
	timing, err := ringTrial(t, op, site, 16, 1, 1)
	if errors.Is(err, unix.EINVAL) {
		if !strings.Contains(err.Error(), "use cache: warm or cold") {
			t.Errorf("error %q does not contain the hint", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Verify(site, timing.Digests); err != nil {
		t.Error(err)
	}
}

// TestMissingFileIsNamed checks that the missing item is named once, and that the other items in
// flight are finished.
func TestMissingFileIsNamed(t *testing.T) {
	skipWithoutRings(t)
	for _, name := range []string{"read", "copy", "delete"} {
		op, _ := operations.Named(name)
		site := ringSite(t, op, workload.Workload{Files: 500, Content: workload.ContentBytes, Size: 100}, func(*operations.Site) {})
		if err := os.Remove(filepath.Join(site.Input, "data-0100.bin")); err != nil {
			t.Fatal(err)
		}
		timing, err := ringTrial(t, op, site, 8, 2, 1)
		if !errors.Is(err, unix.ENOENT) || strings.Count(err.Error(), `item 100 "data-0100.bin"`) != 1 {
			t.Errorf("%s: got error %v, want that item 100 does not exist, once", name, err)
		}
		if timing.Items >= 499 || timing.Items < 50 {
			t.Errorf("%s: got %d items done, want 50 to 498", name, timing.Items)
		}
	}
}

// TestRingsAllocateNothingPerItem compares the allocations of two numbers of items.
func TestRingsAllocateNothingPerItem(t *testing.T) {
	skipWithoutRings(t)
	for _, name := range []string{"write", "read", "copy", "delete"} {
		op, _ := operations.Named(name)
		allocations := func(files int) int {
			site := ringSite(t, op, workload.Workload{Files: files, Content: workload.ContentBytes, Size: 3000}, func(s *operations.Site) {
				s.Input, s.Output = inMemory(t), inMemory(t)
			})
			task, err := op.Open(site)
			if err != nil {
				t.Fatal(err)
			}
			defer task.Close()
			pool, err := ioUring{}.Start(t.Context(), Job{Task: task, Items: files, Workers: 8, Threads: 1, Chunk: 1})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err = pool.Work(t.Context())
			runtime.ReadMemStats(&after)
			if _, stopErr := pool.Stop(); err != nil || stopErr != nil {
				t.Fatal(err, stopErr)
			}
			return int(after.Mallocs - before.Mallocs)
		}
		few, many := allocations(500), allocations(2500)
		if many-few > 200 {
			t.Errorf("%s: got %d allocations for 500 items and %d for 2,500", name, few, many)
		}
	}
}

// A scriptedTask has items with one round of requests. The function requests adds them, and check
// checks the results.
type scriptedTask struct {
	requests func(x *operations.RingItem)
	check    func(x *operations.RingItem) error
}

func (t scriptedTask) Advance(x *operations.RingItem) (operations.Result, error) {
	if len(x.Requests) == 0 {
		t.requests(x)
		return operations.Result{}, nil
	}
	err := t.check(x)
	x.Requests = x.Requests[:0]
	return operations.Result{}, err
}

func (scriptedTask) Do(*operations.Scratch, int) (operations.Result, error) {
	return operations.Result{}, errors.ErrUnsupported
}

func (scriptedTask) Close() error { return nil }

// TestDepthBeyondQueueSize needs more entries than the 32,768 of the largest queue. Requests
// without room must wait.
func TestDepthBeyondQueueSize(t *testing.T) {
	skipWithoutRings(t)
	const depth, items = 8000, 12000 // of 5 requests each
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < depth*operations.MaxFiles {
		t.Skipf("the limit is %d open files, and the table needs %d: %v", limit.Cur, depth*operations.MaxFiles, err)
	}
	task := scriptedTask{
		func(x *operations.RingItem) {
			for range operations.MaxRequests {
				x.Requests = append(x.Requests, operations.Request{Call: operations.CallWait})
			}
		},
		func(x *operations.RingItem) error {
			for i, r := range x.Requests {
				if r.Result != -int32(unix.ETIME) {
					return fmt.Errorf("item %d: request %d has result %d", x.Item, i, r.Result)
				}
			}
			return nil
		},
	}
	timing, err := Run(t.Context(), ioUring{}, Job{Task: task, Items: items, Workers: depth, Threads: 1, Chunk: 1})
	if err != nil || timing.Items != items {
		t.Errorf("got %d items of %d: %v", timing.Items, items, err)
	}
}

// TestItemsAreNotLinked checks that a link of an item's last request does not reach the next item.
func TestItemsAreNotLinked(t *testing.T) {
	skipWithoutRings(t)
	task := scriptedTask{
		func(x *operations.RingItem) {
			r := operations.Request{Call: operations.CallClose} // of a file that is not open
			if x.Item%2 == 1 {
				r.Call = operations.CallWait
			}
			r.Link = operations.LinkOnSuccess
			x.Requests = append(x.Requests, r)
		},
		func(x *operations.RingItem) error {
			if x.Requests[0].Result == -int32(unix.ECANCELED) {
				return fmt.Errorf("item %d was cancelled because another one failed", x.Item)
			}
			return nil
		},
	}
	if _, err := Run(t.Context(), ioUring{}, Job{Task: task, Items: 100, Workers: 10, Threads: 1, Chunk: 1}); err != nil {
		t.Error(err)
	}
}

// TestNoFileIsLeftOpen checks that every entry of a ring's file table is empty after its items.
func TestNoFileIsLeftOpen(t *testing.T) {
	skipWithoutRings(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, name := range []string{"write", "read", "copy"} {
		op, _ := operations.Named(name)
		site := ringSite(t, op, workload.Workload{Files: 20, Content: workload.ContentBytes, Size: 300_000}, func(*operations.Site) {})
		task, err := op.Open(site)
		if err != nil {
			t.Fatal(err)
		}
		const depth = 4
		job := Job{Task: task, Items: 20, Workers: depth, Threads: 1, Chunk: 1}
		d := &driver{localPool: newLocalPool(t.Context(), job), task: task.(operations.Ringed), chunks: newChunks(job.Items, job.Chunk)}
		if err := errors.Join(d.setUp(0, depth), d.work()); err != nil {
			t.Fatal(err)
		}
		for place := range depth * operations.MaxFiles {
			d.ring.Next().Close(place)
			if err := d.ring.Enter(1); err != nil {
				t.Fatal(err)
			}
			if _, result, _ := d.ring.Completion(); result != -int32(unix.EBADF) {
				t.Errorf("%s: index %d of the table is not empty: result %d", name, place, result)
			}
		}
		if err := errors.Join(d.tearDown(), task.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestFileTableBeyondLimit checks that a table above the limit fails in Start, with the reason.
func TestFileTableBeyondLimit(t *testing.T) {
	skipWithoutRings(t)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<20 {
		t.Skipf("the limit of open files is %d: %v", limit.Cur, err)
	}
	f := newFake(t)
	job := f.job(t, 10)
	job.Workers = int(limit.Cur)
	pool, err := ioUring{}.Start(t.Context(), job)
	if pool != nil || !errors.Is(err, unix.EMFILE) || !strings.Contains(err.Error(), "a table of") {
		t.Errorf("got error %v, want one about the table", err)
	}
}

// plainTask is a task without ring requests.
type plainTask struct{ operations.Task }

func TestTaskWithoutRingIsRefused(t *testing.T) {
	f := newFake(t)
	job := f.job(t, 1)
	job.Task = plainTask{job.Task}
	if _, err := (ioUring{}).Start(t.Context(), job); err == nil || !strings.Contains(err.Error(), "not implemented as ring requests") {
		t.Errorf("got error %v", err)
	}
}
