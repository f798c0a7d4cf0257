package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused fails the test unless the error contains the text.
func refused(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v, want one that contains %q", err, text)
	}
}

func mustMake(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestReplacedWorkspaceIsNotRemoved moves the workspace away and puts something else in its
// place. Neither must be removed.
func TestReplacedWorkspaceIsNotRemoved(t *testing.T) {
	for name, put := range map[string]func(t *testing.T, path, elsewhere string){
		"a link": func(t *testing.T, path, elsewhere string) {
			if err := os.Symlink(elsewhere, path); err != nil {
				t.Fatal(err)
			}
		},
		"a link to the workspace itself": func(t *testing.T, path, _ string) {
			if err := os.Symlink(filepath.Base(path)+".away", path); err != nil {
				t.Fatal(err)
			}
		},
		"a directory":                 func(t *testing.T, path, _ string) { precious(t, mustMake(t, path)) },
		"a directory that is empty":   func(t *testing.T, path, _ string) { mustMake(t, path) },
		"a directory with the marker": func(t *testing.T, path, _ string) { precious(t, mustMake(t, path)); markAs(t, path, "run-1\n") },
		"a file": func(t *testing.T, path, _ string) {
			if err := os.WriteFile(path, []byte("years of work"), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"nothing": func(*testing.T, string, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			w, parent := create(t)
			elsewhere := mustMake(t, filepath.Join(parent, "elsewhere"))
			kept := []string{precious(t, elsewhere), precious(t, w.Path()+"")}
			away := w.Path() + ".away"
			if err := os.Rename(w.Path(), away); err != nil {
				t.Fatal(err)
			}
			kept[1] = filepath.Join(away, filepath.Base(kept[1]))
			put(t, w.Path(), elsewhere)
			before := names(t, parent)
			refused(t, w.Remove(), "no longer")
			for _, path := range kept {
				mustExist(t, path)
			}
			if after := names(t, parent); after != before {
				t.Errorf("the parent contains %s, want %s", after, before)
			}
		})
	}
}

// names returns the entries of a directory and of its subdirectories.
func names(t *testing.T, dir string) string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"*", ".iosweep*", "*/*", ".iosweep*/*", ".iosweep*/.iosweep*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return fmt.Sprint(list)
}

func markAs(t *testing.T, dir, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, Marker), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLinkIsNotAWorkspace uses a link that leads to a directory with a matching marker.
func TestLinkIsNotAWorkspace(t *testing.T) {
	w, parent := create(t)
	kept := precious(t, w.Path())
	link := filepath.Join(parent, ".iosweep-run-2")
	if err := os.Symlink(filepath.Base(w.Path()), link); err != nil {
		t.Fatal(err)
	}
	markAs(t, w.Path(), "run-2\n")
	refused(t, Reclaim(parent, "run-2"), "a symbolic link")
	_, err := Create(parent, "run-2")
	refused(t, err, "exists")
	mustExist(t, kept)
}

// TestNoWorkspaceInsideAnother covers any depth, and results directories too.
func TestNoWorkspaceInsideAnother(t *testing.T) {
	w, parent := create(t)
	deep, err := w.Make("trials/1/output")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{w.Path(), deep} {
		_, err := Create(dir, "run-2")
		refused(t, err, w.Path()+", the workspace of a run")
		refused(t, CheckOutside(dir), w.Path()+", the workspace of a run")
	}
	refused(t, CheckOutside(filepath.Join(deep, "not", "there", "yet")), "the workspace of a run")
	if err := CheckOutside(parent); err != nil {
		t.Errorf("the parent of workspaces: got %v, want no error", err)
	}
	second, err := Create(parent, "run-2")
	if err != nil {
		t.Fatalf("a second workspace in the same parent: %v", err)
	}
	if err := second.Remove(); err != nil {
		t.Error(err)
	}
}

func TestOnlyCreatorRemoves(t *testing.T) {
	w, _ := create(t)
	inherited, err := inherit(t, w.Path(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, inherited.Remove(), "another process created it")
	mustExist(t, filepath.Join(w.Path(), Marker))
	if err := w.Remove(); err != nil {
		t.Error(err)
	}
}
