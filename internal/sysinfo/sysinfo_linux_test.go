package sysinfo

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestRead(t *testing.T) {
	m := Read()
	if m.Kernel == "" || m.Memory < 1<<20 || m.CPUs != runtime.NumCPU() {
		t.Errorf("got %+v", m)
	}
}

func TestFilesystemOf(t *testing.T) {
	if fs := FilesystemOf("/proc/self/status"); fs.Type != "proc" || fs.Mount != "/proc" {
		t.Errorf("FilesystemOf(/proc/self/status) = %+v", fs)
	}
	if fs := FilesystemOf(t.TempDir()); fs.Type == "" || fs.Mount == "" {
		t.Errorf("the file system of a temporary directory is %+v", fs)
	}
	if fs := FilesystemOf("/absent"); fs != (Filesystem{}) {
		t.Errorf("the file system of an absent path is %+v, want an unknown one", fs)
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		point, path string
		want        bool
	}{{"/", "/a", true}, {"/a", "/a/b", true}, {"/a", "/ab", false}, {"/a", "/a", true}} {
		if covers(c.point, c.path) != c.want {
			t.Errorf("covers(%q, %q) = %v, want %v", c.point, c.path, !c.want, c.want)
		}
	}
}

func TestSteal(t *testing.T) {
	start := cpuTicks{total: 1000, steal: 10}
	if share, ok := (cpuTicks{total: 1100, steal: 35}).stealSince(start); !ok || share != 0.25 {
		t.Errorf("got %v, %v; want 0.25, true", share, ok)
	}
	if _, ok := start.stealSince(start); ok {
		t.Error("got a share, although no time has passed")
	}
	if _, err := os.Stat("/proc/stat"); err == nil && Host.cpuTicks().total == 0 {
		t.Error("the clock of this machine is zero")
	}
}

func TestModelName(t *testing.T) {
	const cpuinfo = "processor\t: 0\ncpu MHz\t\t: Unknown\nmodel name\t: A Processor @ 2 GHz \nprocessor\t: 1\nmodel name\t: Another\n"
	if got := modelName(cpuinfo); got != "A Processor @ 2 GHz" {
		t.Errorf("got %q, want the model of the first processor", got)
	}
	if got := modelName("processor : 0\nBogoMIPS : 50\n"); got != "" {
		t.Errorf("got %q from a text without a model, want none", got)
	}
}

// TestFoldsCase compares FoldsCase with a lookup in the other case.
func TestFoldsCase(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "name"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := os.Lstat(filepath.Join(dir, "NAME"))
	if got, want := FoldsCase(dir), err == nil; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if space, err := SpaceOf(dir); err != nil || space.LongestName < 100 || space.LongestName > 4096 {
		t.Errorf("got a longest name of %d bytes and the error %v", space.LongestName, err)
	}
}
