package strictfs_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"iosweep/internal/durable/strictfs"
)

// A mistake is a way to write a file that a power failure can undo or halve.
// The file system is worth nothing unless it finds each of them.
func TestItFindsEveryMistake(t *testing.T) {
	const path, temp = "out/f", "out/temp"
	create := func(t *testing.T, fsys *strictfs.FS, path string, sync bool) {
		t.Helper()
		f, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte("new"), 0); err != nil {
			t.Fatal(err)
		}
		if sync {
			if err := f.Sync(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name string
		do   func(t *testing.T, fsys *strictfs.FS)
		want string // contents of path that a disk may hold, sorted; "absent" for none
	}{
		{"nothing", func(*testing.T, *strictfs.FS) {}, "old"},
		{"a rename of what was not synced", func(t *testing.T, fsys *strictfs.FS) {
			create(t, fsys, temp, false)
			fsys.Rename(temp, path)
			fsys.SyncDir("out")
		}, ", \x00\x00\x00, n, n\x00\x00, ne, ne\x00, new"},
		{"a rename without a sync of the directory", func(t *testing.T, fsys *strictfs.FS) {
			create(t, fsys, temp, true)
			fsys.Rename(temp, path)
		}, "new, old"},
		{"a rename with both", func(t *testing.T, fsys *strictfs.FS) {
			create(t, fsys, temp, true)
			fsys.Rename(temp, path)
			fsys.SyncDir("out")
		}, "new"},
		{"a removal without a sync of the directory", func(_ *testing.T, fsys *strictfs.FS) {
			fsys.Remove(path)
		}, "absent, old"},
		{"a removal before the new file", func(t *testing.T, fsys *strictfs.FS) {
			fsys.Remove(path)
			create(t, fsys, path, true)
		}, "absent, new, old"},
		{"a sync of another directory", func(_ *testing.T, fsys *strictfs.FS) {
			fsys.Remove(path)
			fsys.SyncDir("other")
		}, "absent, old"},
		{"an overwriting in place", func(_ *testing.T, fsys *strictfs.FS) {
			f, _ := fsys.OpenFile(path, os.O_RDWR, 0)
			f.WriteAt([]byte("NEW"), 0)
		}, "NEW, NEd, Nld, old"},
		{"a truncation and a write, in any order", func(_ *testing.T, fsys *strictfs.FS) {
			f, _ := fsys.OpenFile(path, os.O_RDWR, 0)
			f.Truncate(0)
			f.WriteAt([]byte("xy"), 0)
		}, ", \x00\x00, x, x\x00, xld, xy, xyd, old"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fsys := strictfs.New(map[string][]byte{path: []byte("old")})
			test.do(t, fsys)
			found := map[string]bool{}
			for disk := range fsys.Disks() {
				content, ok := disk[path]
				if !ok {
					content = []byte("absent")
				}
				found[string(content)] = true
			}
			want := strings.Split(test.want, ", ")
			for _, w := range want {
				if !found[w] {
					t.Errorf("no disk holds %q", w)
				}
				delete(found, w)
			}
			for left := range found {
				t.Errorf("a disk holds %q", left)
			}
		})
	}
}

func TestNothingHappensWithoutPower(t *testing.T) {
	fsys := strictfs.New(nil)
	fsys.CutPowerAfter(2)
	f, err := fsys.OpenFile("out/f", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if err := fsys.SyncDir("out"); err != nil {
		t.Fatal(err)
	}
	_, wrote := f.WriteAt([]byte("late"), 0)
	for what, err := range map[string]error{
		"write": wrote, "truncate": f.Truncate(9), "sync": f.Sync(), "remove": fsys.Remove("out/f"),
		"rename": fsys.Rename("out/f", "out/g"), "sync of names": fsys.SyncDir("out"),
	} {
		if !errors.Is(err, strictfs.ErrPowerLost) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for disk := range fsys.Disks() {
		if content, ok := disk["out/f"]; !ok || len(content) > 0 || len(disk) != 1 {
			t.Errorf("the disk holds %q", disk)
		}
	}
}
