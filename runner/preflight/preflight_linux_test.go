package preflight

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/operations"
	"iosweep/runner/schedule"
)

func TestConcurrency(t *testing.T) {
	e := parse(t, `
name: c
workload: {files: 5, lines: 3}
grid:
  - {operation: write, strategy: [sequential, async-unbounded, background-thread]}
  - {operation: write, strategy: [threads, pipeline, processes+threads], workers: 4, threads: 3}
`)
	want := map[string]int{
		"sequential": 1, "async-unbounded": 0, "background-thread": 1,
		"threads": 4, "pipeline": 12, "processes+threads": 12,
	}
	for _, c := range e.Cells {
		name := c.Level(experiments.Strategy)
		if got := concurrency(c); got != want[name] {
			t.Errorf("%s: got %d at once, want %d", name, got, want[name])
		}
	}
}

// TestAlignmentOfDirectReads checks that blocks and ranges are multiples of what the disk allows.
func TestAlignmentOfDirectReads(t *testing.T) {
	disk, tree := dirOnDisk(t), dirOnDisk(t)
	if err := os.WriteFile(filepath.Join(tree, "a"), []byte("a"), 0o666); err != nil {
		t.Fatal(err)
	}
	old := directAlignment
	t.Cleanup(func() { directAlignment = old })
	for _, test := range []struct {
		cache, block, split string
		align               int64
		want                string // in the only problem; "" if there is none
	}{
		{"direct", "512", "none", 512, ""},
		{"direct", "512", "none", 4096, "block_size 512 is not possible"},
		{"direct", "6KiB", "none", 4096, "multiples of 4096 bytes"},
		{"direct", "8KiB", "none", 4096, ""},
		{"direct", "auto", "none", 4096, ""},
		{"direct", "whole", "none", 4096, ""},
		{"direct", "auto", "5MiB", 2 << 20, "split 5242880 is not possible"},
		{"direct", "512", "none", 0, ""},
		{"warm", "512", "none", 4096, ""},
	} {
		for dir, source := range map[string]string{
			disk: "workload: {files: 2}\nworkspace: " + disk,
			tree: "workload: {from: " + tree + "}\nworkspace: " + disk,
		} {
			directAlignment = func(of string, mayWrite bool) int64 {
				if of != dir || mayWrite != (dir == disk) {
					t.Errorf("asked about %s, may write %v, want %s", of, mayWrite, dir)
				}
				return test.align
			}
			e := parse(t, "name: x\ngrid: {operation: read, strategy: threads, cache: "+test.cache+", block_size: "+test.block+", split: "+test.split+"}\nbaseline: {strategy: threads}\n"+source+"\n")
			_, err := Prepare(t.Context(), schedule.NewPlan(e), Base{Here: disk, Dir: disk}, func(string) {})
			if err == nil && test.want == "" {
				continue
			}
			if refused, _ := err.(experiments.Problems); len(refused) != 1 || test.want == "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v: got %v", test, err)
			}
		}
	}
}

// TestCacheLevelsNeedDisk checks that the cache levels cold and direct are refused if the
// workspace or the tree is on a file system in memory.
func TestCacheLevelsNeedDisk(t *testing.T) {
	const memory = "/dev/shm"
	if kind := sysinfo.FilesystemOf(memory).Type; kind != "tmpfs" {
		t.Skipf("%s is %s here", memory, kind)
	}
	tree, err := os.MkdirTemp(memory, "iosweep-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tree) })
	if err := os.WriteFile(filepath.Join(tree, "a"), []byte("a"), 0o666); err != nil {
		t.Fatal(err)
	}
	disk := dirOnDisk(t)
	for _, cache := range []string{operations.CacheCold, operations.CacheDirect} {
		for what, source := range map[string]string{
			"workspace": "workload: {files: 2}\nworkspace: " + memory,
			"tree":      "workload: {from: " + tree + "}\nworkspace: " + disk,
		} {
			e := parse(t, "name: x\ngrid: {operation: read, strategy: sequential, cache: "+cache+"}\n"+source+"\n")
			_, err := Prepare(t.Context(), schedule.NewPlan(e), Base{Here: disk, Dir: disk}, func(string) {})
			var refused experiments.Problems
			if refused, _ = err.(experiments.Problems); len(refused) != 1 || !strings.Contains(err.Error(), "choose a "+what+" on a disk") {
				t.Errorf("%s, %s in memory: got %v, want one problem that names a %s on a disk", cache, what, err, what)
			}
		}
	}
}

// dirOnDisk returns a directory whose files are not in memory.
func dirOnDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if kind := sysinfo.FilesystemOf(dir).Type; kind == "tmpfs" || kind == "ramfs" {
		t.Skipf("%s is %s, where no file can be cold", dir, kind)
	}
	return dir
}
