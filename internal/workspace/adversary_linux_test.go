package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// bind mounts a directory at another, and unmounts it in the end.
func bind(t *testing.T, from, at string) {
	t.Helper()
	if err := unix.Mount(from, at, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("nothing can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
}

// wasLeft fails the test unless the error says that these paths were left.
func wasLeft(t *testing.T, err error, reason string, paths ...string) {
	t.Helper()
	left, ok := errors.AsType[*RemovalError](err)
	if !ok {
		t.Fatalf("the error is %v, expected that something was left", err)
	}
	var found []string
	for _, l := range left.Failures {
		found = append(found, l.Path)
		if !strings.Contains(l.Reason, reason) {
			t.Errorf("%s was left because %s, expected %s", l.Path, l.Reason, reason)
		}
	}
	if strings.Join(found, " ") != strings.Join(paths, " ") {
		t.Errorf("left are %q, expected %q", found, paths)
	}
}

// TestRemovalCrossesNoMount: somebody's directory and somebody's file are mounted in
// the tree, at any depth. They stay as they are, everything else goes.
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
				wasLeft(t, w.RemoveAll(filepath.Join(w.Path(), "trials", "1")), "mounted", at)
			}
			if found := Mounts(w.Path()); len(found) != 1 || found[0] != at {
				t.Errorf("mounted are %q, expected %q", found, at)
			}
			wasLeft(t, w.Remove(), "mounted", at)
			mustExist(t, thesis)
			if _, err := os.Stat(beside); point != "trials" && !os.IsNotExist(err) {
				t.Errorf("what is beside it is still there: %v", err)
			}
			wasLeft(t, Reclaim(parent, "run-1"), "mounted", at)
			mustExist(t, thesis)
			if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
				t.Fatal(err)
			}
			if err := Reclaim(parent, "run-1"); err != nil {
				t.Errorf("unmounted, and yet: %v", err)
			}
			mustExist(t, thesis)
		})
	}
}

func TestAMountedFileIsLeft(t *testing.T) {
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
	wasLeft(t, w.RemoveAll(dir), "mounted", at)
	if text, _ := os.ReadFile(thesis); string(text) != "years of work" {
		t.Errorf("the file holds %q", text)
	}
}

// TestNothingIsMadeThroughAMount: a run goes no further once something is mounted
// over what it works in.
func TestNothingIsMadeThroughAMount(t *testing.T) {
	w, parent := create(t)
	elsewhere := mustMake(t, filepath.Join(parent, "elsewhere"))
	if _, err := w.Make("trials/1/output"); err != nil {
		t.Fatal(err)
	}
	bind(t, elsewhere, filepath.Join(w.Path(), "trials"))
	if _, err := w.Make("trials/2"); !errors.Is(err, unix.EXDEV) {
		t.Errorf("made: %v", err)
	}
	if err := w.Mkdir(filepath.Join(w.Path(), "trials", "3")); !errors.Is(err, unix.EXDEV) {
		t.Errorf("made: %v", err)
	}
	if _, err := w.Open(filepath.Join(w.Path(), "trials")); !errors.Is(err, unix.EXDEV) {
		t.Errorf("opened: %v", err)
	}
	if left, _ := os.ReadDir(elsewhere); len(left) > 0 {
		t.Errorf("elsewhere are %v", left)
	}
}

// TestWhatMayNotBeRemovedIsLeft, and everything else is removed.
func TestWhatMayNotBeRemovedIsLeft(t *testing.T) {
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
		t.Skipf("no file can be made immutable: %v", err)
	}
	t.Cleanup(func() { _ = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, 0) })
	wasLeft(t, w.RemoveAll(filepath.Join(w.Path(), "trials", "1")), "not permitted", stuck)
	mustExist(t, stuck)
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("the rest is still there: %v", err)
	}
	wasLeft(t, w.Remove(), "not permitted", stuck)
	wasLeft(t, Reclaim(parent, "run-1"), "not permitted", stuck)
	if err := unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, 0); err != nil {
		t.Fatal(err)
	}
	if err := Reclaim(parent, "run-1"); err != nil {
		t.Error(err)
	}
}

// TestDeepTreesAreRemoved: deeper than a path may be long, and than a process may
// have files open.
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
	if err := w.RemoveAll(top); err != nil {
		t.Errorf("not cleared: %v", err)
	}
	if err := w.Remove(); err != nil {
		t.Errorf("not removed: %v", err)
	}
}

// TestTheWorkspaceOfALivingProcessIsNotReclaimed.
func TestTheWorkspaceOfALivingProcessIsNotReclaimed(t *testing.T) {
	w, parent := create(t)
	kept := precious(t, w.Path())
	err := Reclaim(parent, "run-1")
	live, ok := errors.AsType[*InUseError](err)
	if !ok || live.PID != os.Getpid() {
		t.Fatalf("the error is %v, of process %d; this is process %d", err, live.PID, os.Getpid())
	}
	mustExist(t, kept)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Reclaim(parent, "run-1"); err != nil {
		t.Error(err)
	}
}

// TestAMarkerOfAnybodysKeepsNobodyAway: one counts where its content, the name of its
// directory and its owner agree.
func TestAMarkerOfAnybodysKeepsNobodyAway(t *testing.T) {
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
			t.Errorf("a marker of somebody else's: %v", err)
		}
	}
}

// TestCheckFindsWhatChanged.
func TestCheckFindsWhatChanged(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, w *Workspace)
		says   string
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
		}, "a directory put in its place"},
		"mounted over":    {func(t *testing.T, w *Workspace) { bind(t, t.TempDir(), w.Path()) }, "put in its place"},
		"bound to itself": {func(t *testing.T, w *Workspace) { bind(t, w.Path(), w.Path()) }, "mounted over"},
		"marker written":  {func(t *testing.T, w *Workspace) { markAs(t, w.Path(), "run-2\n") }, `belongs to run "run-2"`},
		"marker replaced": {func(t *testing.T, w *Workspace) {
			if err := os.Remove(filepath.Join(w.Path(), Marker)); err != nil {
				t.Fatal(err)
			}
			markAs(t, w.Path(), "run-1\n")
		}, "was replaced"},
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
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, test.says)
		})
	}
}

// TestOverlapSeesThroughMounts.
func TestOverlapSeesThroughMounts(t *testing.T) {
	top := t.TempDir()
	space := mustMake(t, filepath.Join(top, "space", "ws"))
	tree := mustMake(t, filepath.Join(top, "tree"))
	if found := Overlap(space, tree); found != "" {
		t.Fatalf("found at %s", found)
	}
	if found := Overlap(space, top); found != space {
		t.Errorf("found at %q", found)
	}
	at := mustMake(t, filepath.Join(tree, "a b"))
	bind(t, filepath.Dir(space), at)
	if found := Overlap(space, tree); found != filepath.Join(at, "ws") {
		t.Errorf("found at %q", found)
	}
	other := mustMake(t, filepath.Join(top, "other"))
	bind(t, filepath.Dir(space), other)
	if found := Overlap(space, other); found != filepath.Join(other, "ws") {
		t.Errorf("of a tree that is a mount itself: found at %q", found)
	}
}

// TestUntrustedParents.
func TestUntrustedParents(t *testing.T) {
	dir := mustMake(t, filepath.Join(t.TempDir(), "above", "ws"))
	above := filepath.Dir(dir)
	for _, test := range []struct {
		mode os.FileMode
		gid  int
		says string
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
				t.Skipf("groups cannot be given: %v", err)
			}
		}
		if err := os.Chmod(above, test.mode); err != nil {
			t.Fatal(err)
		}
		reasons := strings.Join(Untrusted(dir), "; ")
		if (test.says == "") != (reasons == "") || !strings.Contains(reasons, test.says) {
			t.Errorf("mode %v of group %d: %q, expected %q", test.mode, test.gid, reasons, test.says)
		}
	}
	if err := os.Chown(above, 54321, 0); err != nil {
		t.Skip(err)
	}
	if reasons := strings.Join(Untrusted(dir), "; "); !strings.Contains(reasons, above+" belongs to user 54321") {
		t.Errorf("of another user's: %q", reasons)
	}
}
