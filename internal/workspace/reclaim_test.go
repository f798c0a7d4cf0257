package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReclaim removes the directory of a killed run, and nothing else.
func TestReclaim(t *testing.T) {
	for _, test := range []struct {
		name    string
		left    func(t *testing.T, path string)
		refused string // part of the error; "" if the directory must be removed
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"a workspace with content", func(t *testing.T, path string) {
			w, err := Create(filepath.Dir(path), "run-1")
			if err != nil {
				t.Fatal(err)
			}
			dir, err := w.Make("trials/1/output")
			if err != nil {
				t.Fatal(err)
			}
			precious(t, dir)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"no marker yet", func(t *testing.T, path string) { mustMake(t, path) }, ""},
		{"an empty marker", func(t *testing.T, path string) { markAs(t, mustMake(t, path), "") }, ""},
		{"no marker and content", func(t *testing.T, path string) { precious(t, mustMake(t, path)) }, `has no .iosweep-workspace and contains "precious.txt"`},
		{"an empty marker and content", func(t *testing.T, path string) { precious(t, mustMake(t, path)); markAs(t, path, "") }, "has an empty"},
		{"another run's marker", func(t *testing.T, path string) { precious(t, mustMake(t, path)); markAs(t, path, "run-2\n") }, `belongs to run "run-2", not run-1`},
		{"another run's marker alone", func(t *testing.T, path string) { markAs(t, mustMake(t, path), "run-2\n") }, `belongs to run "run-2"`},
		{"a marker that is a directory", func(t *testing.T, path string) { mustMake(t, filepath.Join(path, Marker)) }, "is a directory"},
		{"a marker that is huge", func(t *testing.T, path string) { markAs(t, mustMake(t, path), strings.Repeat("run-1\n", 1000)) }, "6000 bytes"},
		{"a file", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("years of work"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "not a directory but a file"},
		{"a link", func(t *testing.T, path string) {
			elsewhere := mustMake(t, filepath.Join(filepath.Dir(path), "elsewhere"))
			markAs(t, elsewhere, "run-1\n")
			if err := os.Symlink("elsewhere", path); err != nil {
				t.Fatal(err)
			}
		}, "not a directory but a symbolic link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			parent := t.TempDir()
			beside := precious(t, parent)
			path := filepath.Join(parent, ".iosweep-run-1")
			test.left(t, path)
			before := names(t, parent)
			err := Reclaim(parent, "run-1")
			mustExist(t, beside)
			if test.refused != "" {
				refused(t, err, test.refused)
				if after := names(t, parent); after != before {
					t.Errorf("after the refusal the parent contains %s, want %s", after, before)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Lstat(path); err == nil {
				t.Error("the directory still exists")
			}
		})
	}
}

func TestReclaimWithoutParentOrID(t *testing.T) {
	parent := t.TempDir()
	if err := Reclaim(filepath.Join(parent, "gone"), "run-1"); err != nil {
		t.Errorf("missing directory under test: got %v, want no error", err)
	}
	inner := mustMake(t, filepath.Join(parent, ".iosweep-x", "y"))
	for _, id := range []string{"", "x/y", "x/../../z"} {
		refused(t, Reclaim(parent, id), "is not a run id")
	}
	mustExist(t, inner)
}
