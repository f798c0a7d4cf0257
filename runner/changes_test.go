//go:build unix

package runner

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// TestChangesAreNamed changes a tree in different ways. The text must name each kind of change, and
// count the entries.
func TestChangesAreNamed(t *testing.T) {
	const samePlace = "has the same content, but other times, links, owners or attributes"
	long := strings.Repeat("x", 250)
	for name, test := range map[string]struct {
		change func(p pathOf) error
		want   string
	}{
		"new file":          {func(p pathOf) error { return write(p("sub/new"), "x") }, "sub/new is new"},
		"new files":         {func(p pathOf) error { return errors.Join(write(p("a.csv.gz"), "x"), write(p("b.csv.gz"), "x")) }, "a.csv.gz is new, and 1 more"},
		"new directory":     {func(p pathOf) error { return errors.Join(os.Mkdir(p("new"), 0o755), write(p("new/x"), "x")) }, "new is new, and 1 more"},
		"new pipe":          {func(p pathOf) error { return syscall.Mkfifo(p("pipe"), 0o644) }, "pipe is new"},
		"new link":          {func(p pathOf) error { return os.Symlink("a.csv", p("other")) }, "other is new"},
		"long name":         {func(p pathOf) error { return write(p(long), "x") }, long[:50] + "…" + long[:49] + " is new"},
		"strange name":      {func(p pathOf) error { return write(p("a\nb"), "x") }, `"a\nb" is new`},
		"removed file":      {func(p pathOf) error { return os.Remove(p("a.csv")) }, "a.csv is gone"},
		"removed directory": {func(p pathOf) error { return os.RemoveAll(p("sub")) }, "sub is gone, and 1 more"},
		"removed link":      {func(p pathOf) error { return os.Remove(p("link")) }, "link is gone"},
		"everything removed": {func(p pathOf) error {
			return errors.Join(os.RemoveAll(p("sub")), os.RemoveAll(p("hollow")), os.Remove(p("link")), os.Remove(p("a.csv")), os.Remove(p("b.csv")))
		}, "a.csv is gone, and 5 more"},
		"renamed":                   {func(p pathOf) error { return os.Rename(p("a.csv"), p("z.csv")) }, "a.csv is gone, z.csv is new"},
		"other content":             {func(p pathOf) error { return write(p("sub/c.csv"), "ccx") }, "sub/c.csv has other content"},
		"other content, old times":  {withOldTimes, "a.csv has other content"},
		"longer content":            {func(p pathOf) error { return write(p("a.csv"), "aaaa") }, "a.csv has other content (4 bytes, was 3)"},
		"same content":              {func(p pathOf) error { return write(p("a.csv"), "aaa") }, "a.csv " + samePlace},
		"other time":                {func(p pathOf) error { return os.Chtimes(p("a.csv"), time.Time{}, time.Unix(1, 0)) }, "a.csv " + samePlace},
		"hard link":                 {func(p pathOf) error { return os.Link(p("a.csv"), p("z")) }, "a.csv " + samePlace + ", z is new"},
		"replaced by a copy":        {func(p pathOf) error { return errors.Join(write(p("new"), "aaa"), os.Rename(p("new"), p("a.csv"))) }, "a.csv " + samePlace},
		"permissions":               {func(p pathOf) error { return os.Chmod(p("a.csv"), 0o600) }, "a.csv has the permissions 0600, was 0644"},
		"replaced by a link":        {func(p pathOf) error { return errors.Join(os.Remove(p("a.csv")), os.Symlink("b.csv", p("a.csv"))) }, "a.csv is now a symbolic link"},
		"replaced by a directory":   {func(p pathOf) error { return errors.Join(os.Remove(p("a.csv")), os.Mkdir(p("a.csv"), 0o755)) }, "a.csv is now a directory"},
		"directory turned to link":  {func(p pathOf) error { return errors.Join(os.RemoveAll(p("sub")), os.Symlink("hollow", p("sub"))) }, "sub is now a symbolic link, sub/c.csv is gone"},
		"permissions of directory":  {func(p pathOf) error { return os.Chmod(p("sub"), 0o700) }, "sub has other entries, permissions, owners or times"},
		"unreadable directory":      {func(p pathOf) error { return os.Chmod(p("sub"), 0) }, "sub can no longer be read"},
		"added and removed again":   {func(p pathOf) error { return errors.Join(write(p("sub/t"), "x"), os.Remove(p("sub/t"))) }, "sub has other entries, permissions, owners or times"},
		"at the top and back again": {func(p pathOf) error { return errors.Join(write(p("t"), "x"), os.Remove(p("t"))) }, "the directory has other permissions, owners or times, or an entry was added and removed again"},
		"several kinds": {func(p pathOf) error {
			return errors.Join(os.Remove(p("a.csv")), write(p("b.csv"), "bbx"), write(p("c"), ""), write(p("d"), ""))
		}, "a.csv is gone, b.csv has other content, c is new, and 1 more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := t.TempDir()
			p := func(name string) string { return filepath.Join(tree, name) }
			must(t, errors.Join(os.Mkdir(p("sub"), 0o755), os.Mkdir(p("hollow"), 0o755), os.Symlink("b.csv", p("link")),
				write(p("a.csv"), "aaa"), write(p("b.csv"), "bbb"), write(p("sub/c.csv"), "ccc")))
			before, err := dirio.StateOfTree(t.Context(), tree)
			must(t, err)
			items, err := workload.Survey(t.Context(), workload.Workload{From: tree})
			must(t, err)
			waitForClock(t, before.At)
			t.Cleanup(func() { _ = os.Chmod(p("sub"), 0o755) }) // it may be gone
			must(t, test.change(p))
			if _, err := os.ReadDir(p("sub")); name == "unreadable directory" && err == nil {
				t.Skip("this user can read a directory without permission")
			}
			now, err := dirio.StateOfTree(t.Context(), tree)
			must(t, err)
			if now.Sum == before.Sum {
				t.Error("the change was not detected")
			}
			dir, err := dirio.OpenTree(tree)
			must(t, err)
			defer dir.Close()
			want := ": " + test.want
			if got := describeChanges(t.Context(), dir, items, before, now); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

type pathOf = func(name string) string

func write(path, content string) error { return os.WriteFile(path, []byte(content), 0o644) }

// withOldTimes changes the content of a file and restores its times.
func withOldTimes(p pathOf) error {
	info, err := os.Stat(p("a.csv"))
	if err != nil {
		return err
	}
	return errors.Join(write(p("a.csv"), "aax"), os.Chtimes(p("a.csv"), info.ModTime(), info.ModTime()))
}
