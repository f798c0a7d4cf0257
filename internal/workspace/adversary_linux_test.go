package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// bind mounts a directory at another path, and unmounts it when the test ends.
func bind(t *testing.T, from, at string) {
	t.Helper()
	if err := unix.Mount(from, at, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("mounting is not possible: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
}

// wantFailures fails the test unless the error lists exactly these paths, with the reason.
func wantFailures(t *testing.T, err error, reason string, paths ...string) {
	t.Helper()
	removal, ok := errors.AsType[*RemovalError](err)
	if !ok {
		t.Fatalf("got error %v, want a *RemovalError", err)
	}
	var found []string
	for _, l := range removal.Failures {
		found = append(found, l.Path)
		if !strings.Contains(l.Reason, reason) {
			t.Errorf("%s: got reason %q, want %q", l.Path, l.Reason, reason)
		}
	}
	if strings.Join(found, " ") != strings.Join(paths, " ") {
		t.Errorf("got paths %q, want %q", found, paths)
	}
}

// TestRemovalCrossesNoMount mounts another directory in the tree, at any depth. The mounted
// files must remain, and everything else must be removed.
func TestRemovalCrossesNoMount(t *testing.T) {
	for _, point := range []string{"trials/1", "trials/1/output", "trials/1/output/m", "trials/1/output/a/b/c/m", "inputs/1", "trials"} {
		t.Run(point, func(t *testing.T) {
			w, parent := create(t)
			thesis := precious(t, mustMake(t, filepath.Join(parent, "elsewhere", "deep")))
			if _, err := w.Make(point); err != nil {
				t.Fatal(err)
			}
			at := filepath.Join(w.Path(), point)
			beside := mustMake(t, filepath.Join(w.Path(), "trials", "beside"))
			bind(t, filepath.Join(parent, "elsewhere"), at)
			if strings.HasPrefix(point, "trials/") {
				wantFailures(t, w.RemoveTree(filepath.Join(w.Path(), "trials", "1")), "mounted", at)
			}
			if found := Mounts(w.Path()); len(found) != 1 || found[0] != at {
				t.Errorf("got mount points %q, want %q", found, at)
			}
			wantFailures(t, w.Remove(), "mounted", at)
			mustExist(t, thesis)
			if _, err := os.Stat(beside); point != "trials" && !os.IsNotExist(err) {
				t.Errorf("the directory beside the mount still exists: %v", err)
			}
			wantFailures(t, Reclaim(parent, "run-1"), "mounted", at)
			mustExist(t, thesis)
			if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
				t.Fatal(err)
			}
			if err := Reclaim(parent, "run-1"); err != nil {
				t.Errorf("after unmounting: got %v, want no error", err)
			}
			mustExist(t, thesis)
		})
	}
}

func TestMountedFileIsNotRemoved(t *testing.T) {
	w, parent := create(t)
	thesis := precious(t, parent)
	dir, err := w.Make("trials/1")
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "f")
	if err := os.WriteFile(at, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	bind(t, thesis, at)
	wantFailures(t, w.RemoveTree(dir), "mounted", at)
	if text, _ := os.ReadFile(thesis); string(text) != "years of work" {
		t.Errorf("the file contains %q", text)
	}
}

// TestNothingIsCreatedInMounts mounts a directory over one of the workspace. Creating and
// opening files there must fail.
func TestNothingIsCreatedInMounts(t *testing.T) {
	w, parent := create(t)
	elsewhere := mustMake(t, filepath.Join(parent, "elsewhere"))
	if _, err := w.Make("trials/1/output"); err != nil {
		t.Fatal(err)
	}
	bind(t, elsewhere, filepath.Join(w.Path(), "trials"))
	if _, err := w.Make("trials/2"); !errors.Is(err, unix.EXDEV) {
		t.Errorf("got %v, want EXDEV", err)
	}
	if err := w.Mkdir(filepath.Join(w.Path(), "trials", "3")); !errors.Is(err, unix.EXDEV) {
		t.Errorf("got %v, want EXDEV", err)
	}
	if _, err := w.Open(filepath.Join(w.Path(), "trials")); !errors.Is(err, unix.EXDEV) {
		t.Errorf("got %v, want EXDEV", err)
	}
	if entries, _ := os.ReadDir(elsewhere); len(entries) > 0 {
		t.Errorf("the mounted directory contains %v", entries)
	}
}

// TestImmutableFileIsReported has one file that cannot be removed. Everything else must be
// removed.
func TestImmutableFileIsReported(t *testing.T) {
	w, parent := create(t)
	dir, err := w.Make("trials/1/output/a")
	if err != nil {
		t.Fatal(err)
	}
	stuck, gone := precious(t, dir), precious(t, mustMake(t, filepath.Join(w.Path(), "trials", "1", "other")))
	f, err := os.Open(stuck)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const immutable = 0x10 // FS_IMMUTABLE_FL of linux/fs.h
	if err := unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, immutable); err != nil {
		t.Skipf("cannot make a file immutable: %v", err)
	}
	t.Cleanup(func() { _ = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, 0) })
	wantFailures(t, w.RemoveTree(filepath.Join(w.Path(), "trials", "1")), "not permitted", stuck)
	mustExist(t, stuck)
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("the other files still exist: %v", err)
	}
	wantFailures(t, w.Remove(), "not permitted", stuck)
	wantFailures(t, Reclaim(parent, "run-1"), "not permitted", stuck)
	if err := unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, 0); err != nil {
		t.Fatal(err)
	}
	if err := Reclaim(parent, "run-1"); err != nil {
		t.Error(err)
	}
}

// TestDeepTreesAreRemoved removes a tree that is deeper than the longest path and than the
// limit of open files.
func TestDeepTreesAreRemoved(t *testing.T) {
	w, _ := create(t)
	top, err := w.Make("trials/1")
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(top, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	for range 5_000 {
		if err == nil {
			err = unix.Mkdirat(fd, "deeper", 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
		var next int
		next, err = unix.Openat(fd, "deeper", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		unix.Close(fd)
		fd = next
	}
	unix.Close(fd)
	if err := w.RemoveTree(top); err != nil {
		t.Errorf("not cleared: %v", err)
	}
	if err := w.Remove(); err != nil {
		t.Errorf("not removed: %v", err)
	}
}

func TestReclaimRefusesWorkspaceInUse(t *testing.T) {
	w, parent := create(t)
	kept := precious(t, w.Path())
	err := Reclaim(parent, "run-1")
	inUse, ok := errors.AsType[*InUseError](err)
	if !ok || inUse.PID != os.Getpid() {
		t.Fatalf("got %v with process %d, want process %d", err, inUse.PID, os.Getpid())
	}
	mustExist(t, kept)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Reclaim(parent, "run-1"); err != nil {
		t.Error(err)
	}
}

// TestUnrelatedMarkersAreIgnored: a marker counts only if its content, the name of its
// directory and its owner match.
func TestUnrelatedMarkersAreIgnored(t *testing.T) {
	parent := t.TempDir()
	markAs(t, parent, "")
	inside := mustMake(t, filepath.Join(parent, ".iosweep-run-9", "data"))
	markAs(t, filepath.Dir(inside), "another\n")
	for _, dir := range []string{parent, inside} {
		w, err := Create(dir, "run-1")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Remove(); err != nil {
			t.Error(err)
		}
	}
	markAs(t, filepath.Dir(inside), "run-9\n")
	refused(t, CheckOutside(inside), "the workspace of a run")
	if os.Geteuid() == 0 {
		t.Setenv("HOME", "/")
		if err := os.Lchown(filepath.Join(filepath.Dir(inside), Marker), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		if err := CheckOutside(inside); err != nil {
			t.Errorf("a marker of another user: got %v, want no error", err)
		}
	}
}

func TestCheckDetectsChanges(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, w *Workspace)
		want   string
	}{
		"nothing": {func(*testing.T, *Workspace) {}, ""},
		"moved away": {func(t *testing.T, w *Workspace) {
			if err := os.Rename(w.Path(), w.Path()+".away"); err != nil {
				t.Fatal(err)
			}
		}, "no longer where it was"},
		"swapped": {func(t *testing.T, w *Workspace) {
			if err := os.Rename(w.Path(), w.Path()+".away"); err != nil {
				t.Fatal(err)
			}
			markAs(t, mustMake(t, w.Path()), "run-1\n")
		}, "a directory was put in its place"},
		"mounted over":    {func(t *testing.T, w *Workspace) { bind(t, t.TempDir(), w.Path()) }, "put in its place"},
		"bound to itself": {func(t *testing.T, w *Workspace) { bind(t, w.Path(), w.Path()) }, "mounted over"},
		"marker written":  {func(t *testing.T, w *Workspace) { markAs(t, w.Path(), "run-2\n") }, `belongs to run "run-2"`},
		"marker replaced": {func(t *testing.T, w *Workspace) {
			if err := os.Remove(filepath.Join(w.Path(), Marker)); err != nil {
				t.Fatal(err)
			}
			markAs(t, w.Path(), "run-1\n")
		}, "was replaced"},
		"permissions": {func(t *testing.T, w *Workspace) {
			if err := os.Chmod(w.Path(), 0o500); err != nil {
				t.Fatal(err)
			}
		}, "has the permissions 0500"},
		"marker gone": {func(t *testing.T, w *Workspace) {
			if err := os.Remove(filepath.Join(w.Path(), Marker)); err != nil {
				t.Fatal(err)
			}
		}, "is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := create(t)
			test.change(t, w)
			err := w.Check()
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, test.want)
		})
	}
}

func TestOverlapSeesThroughMounts(t *testing.T) {
	top := t.TempDir()
	space := mustMake(t, filepath.Join(top, "space", "ws"))
	tree := mustMake(t, filepath.Join(top, "tree"))
	if found := Overlap(space, tree); found != "" {
		t.Fatalf("got %q, want no overlap", found)
	}
	if found := Overlap(space, top); found != space {
		t.Errorf("got overlap at %q", found)
	}
	at := mustMake(t, filepath.Join(tree, "a b"))
	bind(t, filepath.Dir(space), at)
	if found := Overlap(space, tree); found != filepath.Join(at, "ws") {
		t.Errorf("got overlap at %q", found)
	}
	other := mustMake(t, filepath.Join(top, "other"))
	bind(t, filepath.Dir(space), other)
	if found := Overlap(space, other); found != filepath.Join(other, "ws") {
		t.Errorf("a tree that is a mount: got overlap at %q", found)
	}
}

func TestUntrustedParents(t *testing.T) {
	dir := mustMake(t, filepath.Join(t.TempDir(), "above", "ws"))
	above := filepath.Dir(dir)
	for _, test := range []struct {
		mode os.FileMode
		gid  int
		want string
	}{
		{0o755, 0, ""},
		{0o777 | os.ModeSticky, 0, ""},
		{0o777, 0, "written by everybody"},
		{0o757, 0, "written by everybody"},
		{0o775, 0, ""}, // root's own group
		{0o775, 54321, "written by group 54321"},
		{0o775 | os.ModeSticky, 54321, ""},
	} {
		if test.gid != 0 || os.Geteuid() == 0 {
			if err := os.Chown(above, -1, test.gid); err != nil {
				t.Skipf("cannot change the group: %v", err)
			}
		}
		if err := os.Chmod(above, test.mode); err != nil {
			t.Fatal(err)
		}
		reasons := strings.Join(Untrusted(dir), "; ")
		if (test.want == "") != (reasons == "") || !strings.Contains(reasons, test.want) {
			t.Errorf("mode %v, group %d: got %q, want %q", test.mode, test.gid, reasons, test.want)
		}
	}
	if err := os.Chown(above, 54321, 0); err != nil {
		t.Skip(err)
	}
	if reasons := strings.Join(Untrusted(dir), "; "); !strings.Contains(reasons, above+" belongs to user 54321") {
		t.Errorf("a directory of another user: got %q", reasons)
	}
}
