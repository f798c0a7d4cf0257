package journal

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mounts mounts small file systems of several kinds and returns their directories.
var mounts = map[string]func(t *testing.T) string{
	"tmpfs": func(t *testing.T) string {
		return mount(t, "none", "tmpfs", "size=1m")
	},
	"ext4": func(t *testing.T) string {
		image := filepath.Join(t.TempDir(), "image")
		if err := errors.Join(os.WriteFile(image, nil, 0o644), os.Truncate(image, 8<<20)); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("mkfs.ext4", "-q", "-F", "-m", "0", image).CombinedOutput(); err != nil {
			t.Skipf("mkfs.ext4: %v: %s", err, out)
		}
		// mount(8), unlike mount(2), sets up a loop device.
		dir := t.TempDir()
		if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
			t.Skipf("mount: %v: %s", err, out)
		}
		t.Cleanup(func() { unmount(t, dir) })
		return dir
	},
}

func mount(t *testing.T, source, kind, options string) string {
	dir := t.TempDir()
	if err := syscall.Mount(source, dir, kind, 0, options); err != nil {
		t.Skipf("mounting %s: %v", kind, err)
	}
	t.Cleanup(func() { unmount(t, dir) })
	return dir
}

func unmount(t *testing.T, dir string) {
	if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
		t.Errorf("unmounting %s: %v", dir, err)
	}
}

func onEveryMount(t *testing.T, test func(t *testing.T, dir string)) {
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	for kind, mounted := range mounts {
		t.Run(kind, func(t *testing.T) { test(t, mounted(t)) })
	}
}

// fillUp fills a file system to the last byte.
func fillUp(t *testing.T, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "filler"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if free := freeBytes(t, dir); free > 0 {
		t.Fatalf("%d bytes are still free", free)
	}
}

func freeBytes(t *testing.T, dir string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Bavail) * s.Bsize
}

// allocated returns the number of bytes that a file system has allocated for a file.
func allocated(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}

func TestFullDiskLeavesTheReserve(t *testing.T) {
	onEveryMount(t, func(t *testing.T, dir string) {
		path := filepath.Join(dir, FileName)
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		run := typicalRun(3)
		if err := w.Append(Entry{Run: run}); err != nil {
			t.Fatal(err)
		}
		fillUp(t, dir)
		var want []Entry
		trial := typicalTrial(run, 0, seeded())
		for n := range 10 {
			trial.Trial = n + 1
			want = append(want, Entry{Trial: new(*trial)})
		}
		// A trial with more stderr than the reserve keeps the end of it.
		loud := *trial
		loud.Trial = 11
		loud.Stderr = strings.Repeat("no space left on device\n", 10000)
		want = append(want, Entry{Trial: &loud})
		for i := range 5 {
			want = append(want, Entry{Note: &Note{Kind: NoteFault, Text: fmt.Sprint("full ", i)}})
		}
		for i, e := range want {
			if err := w.Append(e); err != nil {
				t.Fatalf("entry %d: %v", i, err)
			}
			fillUp(t, dir) // another process takes all space that is freed
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		log, err := ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(log.Trials) != 11 || len(log.Notes) != 5 || log.Torn != 0 {
			t.Fatalf("%d trials and %d notes are there, %d bytes are torn; want 11, 5 and 0", len(log.Trials), len(log.Notes), log.Torn)
		}
		if got := log.Trials[10].Stderr; len(got) != shortStderr || !strings.HasSuffix(loud.Stderr, got) {
			t.Errorf("%d bytes of the stderr are kept, want the last %d", len(got), shortStderr)
		}
		if free := freeBytes(t, dir); free == 0 {
			t.Error("the reserved space was not freed")
		}
	})
}

func TestReserveGrowsAheadAndIsFreed(t *testing.T) {
	onEveryMount(t, func(t *testing.T, dir string) {
		path := filepath.Join(dir, FileName)
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		run := typicalRun(3)
		for n := range 200 {
			e := Entry{Run: run}
			if n > 0 {
				e = Entry{Trial: typicalTrial(run, n, seeded())}
			}
			if err := w.Append(e); err != nil {
				t.Fatal(err)
			}
			if ahead := allocated(t, path) - w.end; ahead < minReserve-4096 {
				t.Fatalf("after %d entries %d bytes are reserved, want %d at least", n+1, ahead, minReserve)
			}
		}
		if info, err := os.Stat(path); err != nil || info.Size() != w.end {
			t.Errorf("it has %d bytes, want %d: %v", info.Size(), w.end, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if rest := allocated(t, path) - w.end; rest > 2*4096 {
			t.Errorf("after Close %d more bytes are allocated than the journal has", rest)
		}
	})
}

// TestJournalWithoutReserve creates a journal when almost no space is left.
func TestJournalWithoutReserve(t *testing.T) {
	onEveryMount(t, func(t *testing.T, dir string) {
		fillUp(t, dir)
		if err := os.Truncate(filepath.Join(dir, "filler"), 700<<10); err != nil {
			t.Fatal(err)
		}
		for free := freeBytes(t, dir); free > 16<<10; free = freeBytes(t, dir) { // leave less than a reserve
			piece := filepath.Join(dir, fmt.Sprint("piece", free))
			if err := os.WriteFile(piece, make([]byte, free-16<<10), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		w, err := Create(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		run := typicalRun(1)
		if err := w.Append(Entry{Run: run}); err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; n < 100; n++ {
			if err = w.Append(Entry{Trial: typicalTrial(run, n, seeded())}); err != nil {
				break
			}
		}
		if !errors.Is(err, syscall.ENOSPC) || n == 0 {
			t.Fatalf("after %d trials: %v, want some and then no room", n, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if log, err := ReadDir(dir); err != nil || len(log.Trials) != n || log.Torn != 0 {
			t.Errorf("got %v, %v, want %d trials", log, err, n)
		}
	})
}
