//go:build unix

package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"iosweep/analysis/analysistest"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestOtherEntriesInPlaceOfReports checks links, pipes and directories in place of each report, and of
// the directory of the pictures. WriteAll must not follow them, wait for them or lose them.
func TestOtherEntriesInPlaceOfReports(t *testing.T) {
	log := analysistest.Typical()
	log.Run.Plots = []string{"time"}
	whole := t.TempDir()
	check(t, WriteAll(whole, mkdir, New(log)))
	files := filesIn(t, whole)
	const theirs = "content of another program"
	for _, name := range append(files, plotsDir) {
		if testing.Short() && name != plotsDir && name != files[0] {
			continue // one report is enough, because all are written in the same way
		}
		for kind, put := range map[string]func(path, elsewhere string) error{
			"link to a file":      func(path, elsewhere string) error { return os.Symlink(filepath.Join(elsewhere, "file"), path) },
			"link to a directory": func(path, elsewhere string) error { return os.Symlink(elsewhere, path) },
			"dangling link":       func(path, elsewhere string) error { return os.Symlink(filepath.Join(elsewhere, "new"), path) },
			"pipe":                func(path, _ string) error { return syscall.Mkfifo(path, 0o644) },
			"directory":           func(path, _ string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o755) },
			"file":                func(path, _ string) error { return os.WriteFile(path, nil, 0o644) },
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				dir, elsewhere := t.TempDir(), t.TempDir()
				check(t, os.WriteFile(filepath.Join(elsewhere, "file"), []byte(theirs), 0o644))
				path := filepath.Join(dir, name)
				check(t, os.MkdirAll(filepath.Dir(path), 0o755))
				check(t, put(path, elsewhere))
				err := WriteAll(dir, mkdir, New(log))
				refused := (name == plotsDir) != (kind == "directory")
				if refused != (err != nil) || err != nil && !strings.Contains(err.Error(), path) {
					t.Errorf("got error %v, want an error: %v", err, refused)
				}
				if now, _ := os.ReadFile(filepath.Join(elsewhere, "file")); string(now) != theirs {
					t.Errorf("a file elsewhere has the content %q", now)
				}
				if left := filesIn(t, elsewhere); len(left) != 1 {
					t.Errorf("the other directory has the files %q", left)
				}
				for _, other := range files {
					if refused && strings.HasPrefix(other, name) {
						continue // the refused file, or a file in the refused directory
					}
					got, _ := os.ReadFile(filepath.Join(dir, other))
					want, _ := os.ReadFile(filepath.Join(whole, other))
					if !bytes.Equal(got, want) {
						t.Errorf("%s has %d bytes, want %d", other, len(got), len(want))
					}
				}
			})
		}
	}
}
