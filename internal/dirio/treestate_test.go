package dirio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// makeTree creates a small nested tree.
func makeTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"a/b", "hollow/inside"} {
		must(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	for _, name := range []string{"plain.txt", "a/one.txt", "a/b/two.txt"} {
		must(t, os.WriteFile(filepath.Join(root, name), []byte(filepath.Base(name)[:3]), 0o644))
	}
	return root
}

// plainDirs opens any directory by its path.
type plainDirs struct{}

func (plainDirs) Open(path string) (*os.File, error) { return os.Open(path) }

// stateNow returns the state of a tree.
func stateNow(t *testing.T, tree string) TreeState {
	t.Helper()
	s, err := StateOfTree(t.Context(), tree)
	must(t, err)
	return s
}

// TestTreeStateDetectsChanges also checks the name of the changed entry.
func TestTreeStateDetectsChanges(t *testing.T) {
	for what, c := range map[string]struct {
		change func(path func(string) string) error
		names  string
	}{
		"content":    {func(p func(string) string) error { return os.WriteFile(p("a/b/two.txt"), []byte("owt"), 0o644) }, "a/b/two.txt"},
		"new file":   {func(p func(string) string) error { return os.WriteFile(p("a/new"), nil, 0o644) }, "a/new"},
		"removal":    {func(p func(string) string) error { return os.Remove(p("a/b/two.txt")) }, "a/b"},
		"mode":       {func(p func(string) string) error { return os.Chmod(p("a/one.txt"), 0o600) }, "a/one.txt"},
		"directory":  {func(p func(string) string) error { return os.Chmod(p("hollow/inside"), 0o700) }, "hollow/inside"},
		"link":       {func(p func(string) string) error { return os.Symlink("one.txt", p("a/other")) }, "a/other"},
		"top":        {func(p func(string) string) error { return os.Chmod(p("."), 0o700) }, "."},
		"other file": {replaceFile, "a/b/two.txt"},
		"old times":  {changeWithOldTimes, "a/b/two.txt"},
	} {
		t.Run(what, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("the system has neither these permissions nor change times")
			}
			tree := makeTree(t)
			before := stateNow(t, tree)
			if again := stateNow(t, tree); again != before {
				t.Fatalf("the state differs without a change: %v, then %v", before, again)
			}
			waitForClock(t, tree, before)
			must(t, c.change(func(name string) string { return filepath.Join(tree, name) }))
			after := stateNow(t, tree)
			if after.Sum == before.Sum {
				t.Error("the change was not detected")
			}
			// Replacing a name may change the directory at the same time.
			if after.Changed != c.names && after.Changed != filepath.Dir(c.names) {
				t.Errorf("got changed entry %q, want %q", after.Changed, c.names)
			}
			if !after.At.After(before.At) {
				t.Errorf("got change time %v, want one after %v", after.At, before.At)
			}
		})
	}
}

// waitForClock waits until the clock of the file system has advanced, so that later changes
// are newer than everything in the tree.
func waitForClock(t *testing.T, tree string, than TreeState) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		beside := filepath.Join(filepath.Dir(tree), "tick")
		must(t, os.WriteFile(beside, nil, 0o644))
		info, err := os.Stat(beside)
		must(t, err)
		must(t, os.Remove(beside))
		if info.ModTime().After(than.At) {
			return
		}
	}
	t.Fatal("the clock of the file system does not advance")
}

// replaceFile replaces a file by an equal one.
func replaceFile(path func(string) string) error {
	info, err := os.Stat(path("a/b/two.txt"))
	return errors.Join(
		err,
		os.WriteFile(path("a/b/new"), []byte("two"), 0o644),
		os.Chtimes(path("a/b/new"), info.ModTime(), info.ModTime()),
		os.Rename(path("a/b/new"), path("a/b/two.txt")),
	)
}

// changeWithOldTimes changes content and restores the old times.
func changeWithOldTimes(path func(string) string) error {
	info, err := os.Stat(path("a/b/two.txt"))
	return errors.Join(
		err,
		os.WriteFile(path("a/b/two.txt"), []byte("owt"), 0o644),
		os.Chtimes(path("a/b/two.txt"), info.ModTime(), info.ModTime()),
	)
}

// TestStateOf compares StateOf with StateOfTree, and cancels a context.
func TestStateOf(t *testing.T) {
	tree := makeTree(t)
	below, err := StateOf(t.Context(), plainDirs{}, tree)
	must(t, err)
	if byPath := stateNow(t, tree); below != byPath {
		t.Errorf("got %v by path and %v by descriptor, want equal states", byPath, below)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := StateOf(ctx, plainDirs{}, tree); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
