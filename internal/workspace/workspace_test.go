package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func create(t *testing.T) (*Workspace, string) {
	t.Helper()
	parent := t.TempDir()
	w, err := Create(parent, "run-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w, parent
}

// inherit returns the workspace as another process of the run opens it.
func inherit(t *testing.T, path, id string) (*Workspace, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return Inherit(f, path, id)
}

// precious creates a file that no function of this package may remove.
func precious(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "precious.txt")
	if err := os.WriteFile(path, []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustExist(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("a file was lost: %v", err)
	}
}

func TestRemoveDeletesOnlyWorkspace(t *testing.T) {
	w, parent := create(t)
	beside := precious(t, parent)
	dir, err := w.Make("trials/1/output")
	if err != nil {
		t.Fatal(err)
	}
	precious(t, dir)
	if err := os.Symlink(parent, filepath.Join(dir, "way-out")); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(); err != nil {
		t.Fatal(err)
	}
	mustExist(t, beside)
	if _, err := os.Stat(w.Path()); !os.IsNotExist(err) {
		t.Errorf("the workspace still exists: %v", err)
	}
}

func TestDirectoryWithoutMarkerIsNotRemoved(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"missing": os.Remove,
		"foreign": func(path string) error { return os.WriteFile(path, []byte("run-2\n"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := create(t)
			kept := precious(t, w.Path())
			sub, err := w.Make("trials")
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(w.Path(), Marker)); err != nil {
				t.Fatal(err)
			}
			if err := w.RemoveTree(sub); err == nil {
				t.Error("RemoveAll returned no error")
			}
			if err := w.Remove(); err == nil {
				t.Error("Remove returned no error")
			}
			if _, err := inherit(t, w.Path(), "run-1"); err == nil {
				t.Error("Inherit returned no error")
			}
			mustExist(t, kept)
			mustExist(t, sub)
		})
	}
}

func TestNothingChangesOutside(t *testing.T) {
	w, parent := create(t)
	beside := precious(t, parent)
	outside := filepath.Join(parent, "outside")
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(w.Path(), "link")
	if err := os.Symlink(parent, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		parent, beside, outside, w.Path(), "/", "", "relative",
		filepath.Join(w.Path(), "..", "outside"),
		filepath.Join(link, "outside"),
		filepath.Join(w.Path(), Marker),
	} {
		if err := w.RemoveTree(path); err == nil {
			t.Errorf("RemoveAll(%q) returned no error", path)
		}
		if err := w.Rmdir(path); err == nil {
			t.Errorf("Rmdir(%q) returned no error", path)
		}
		if err := w.Mkdir(filepath.Join(path, "new")); err == nil && !Inside(path, w.Path()) {
			t.Errorf("Mkdir below %q returned no error", path)
		}
	}
	mustExist(t, beside)
	mustExist(t, outside)
	if entries, _ := os.ReadDir(parent); len(entries) != 3 {
		t.Errorf("the parent contains %d entries, want the file, the directory and the workspace", len(entries))
	}
}

func TestExistingDirectoryIsNotAdopted(t *testing.T) {
	w, parent := create(t)
	if _, err := Create(parent, "run-1"); err == nil {
		t.Error("Create adopted a directory")
	}
	if _, err := w.Make("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Make("a"); err == nil {
		t.Error("Make adopted a directory")
	}
}

func TestResolveRefuses(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	file := precious(t, home)
	for path, want := range map[string]string{
		"":                            "empty",
		"/":                           "root of a file system: create a directory in it, and name it with --workspace",
		home:                          "home directory: create a directory in it, and name it with --workspace",
		file:                          "not a directory",
		filepath.Join(home, "absent"): "does not exist",
	} {
		if _, err := Resolve(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Resolve(%q) = %v, want an error that contains %q", path, err, want)
		}
	}
}

func TestInside(t *testing.T) {
	for _, c := range []struct {
		path, tree string
		want       bool
	}{
		{"/a/b", "/a", true},
		{"/a", "/a", true},
		{"/a", "/a/b", false},
		{"/ab", "/a", false},
		{"/a/..b", "/a", true},
	} {
		if got := Inside(c.path, c.tree); got != c.want {
			t.Errorf("Inside(%q, %q) = %v", c.path, c.tree, got)
		}
	}
}

func TestCreateResultsKeepsFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results", "one")
	if err := CreateResults(dir); err != nil {
		t.Fatal(err)
	}
	kept := precious(t, dir)
	if err := CreateResults(dir); err != nil {
		t.Errorf("an existing directory: got %v, want no error", err)
	}
	mustExist(t, kept)
}
