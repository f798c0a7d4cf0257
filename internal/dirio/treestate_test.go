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

// makeTree makes a small nested tree.
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

// stateNow is the state of somebody's tree.
func stateNow(t *testing.T, tree string) TreeState {
	t.Helper()
	s, err := StateOfTree(t.Context(), tree)
	must(t, err)
	return s
}

// TestTreeStateTellsEveryChange and names what has changed, or where.
func TestTreeStateTellsEveryChange(t *testing.T) {
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
				t.Skip("there are neither such permissions nor times of change")
			}
			tree := makeTree(t)
			before := stateNow(t, tree)
			if again := stateNow(t, tree); again != before {
				t.Fatalf("nothing has changed, and the state is another: %v, then %v", before, again)
			}
			afterATick(t, tree, before)
			must(t, c.change(func(name string) string { return filepath.Join(tree, name) }))
			after := stateNow(t, tree)
			if after.Sum == before.Sum {
				t.Error("not noticed")
			}
			// Replacing a name changes the directory in the same moment, perhaps.
			if after.Changed != c.names && after.Changed != filepath.Dir(c.names) {
				t.Errorf("%q is named, want %q", after.Changed, c.names)
			}
			if !after.At.After(before.At) {
				t.Errorf("changed at %v, and before it at %v", after.At, before.At)
			}
		})
	}
}

// afterATick waits until the file system's clock has gone on: what is made then is
// younger than all in the tree.
func afterATick(t *testing.T, tree string, than TreeState) {
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
	t.Fatal("the clock of the file system stands still")
}

// replaceFile puts an equal file in the place of another.
func replaceFile(path func(string) string) error {
	info, err := os.Stat(path("a/b/two.txt"))
	return errors.Join(
		err,
		os.WriteFile(path("a/b/new"), []byte("two"), 0o644),
		os.Chtimes(path("a/b/new"), info.ModTime(), info.ModTime()),
		os.Rename(path("a/b/new"), path("a/b/two.txt")),
	)
}

// changeWithOldTimes changes content and sets the file's times back.
func changeWithOldTimes(path func(string) string) error {
	info, err := os.Stat(path("a/b/two.txt"))
	return errors.Join(
		err,
		os.WriteFile(path("a/b/two.txt"), []byte("owt"), 0o644),
		os.Chtimes(path("a/b/two.txt"), info.ModTime(), info.ModTime()),
	)
}

// TestTreeStateOfOurOwn is the same, and heeds a context.
func TestTreeStateOfOurOwn(t *testing.T) {
	tree := makeTree(t)
	own, err := StateOf(t.Context(), plainDirs{}, tree)
	must(t, err)
	if theirs := stateNow(t, tree); own != theirs {
		t.Errorf("opened by its path %v, beneath a descriptor %v", theirs, own)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := StateOf(ctx, plainDirs{}, tree); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
