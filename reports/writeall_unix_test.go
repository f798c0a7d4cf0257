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

// TestWhatStandsInPlaceOfAReport is not followed, not waited for and not lost: for every
// file that is written, and for the directory of the pictures.
func TestWhatStandsInPlaceOfAReport(t *testing.T) {
	log := analysistest.Typical()
	log.Run.Plots = []string{"time"}
	whole := t.TempDir()
	check(t, WriteAll(whole, mkdir, New(log)))
	files := filesIn(t, whole)
	const theirs = "somebody's own"
	for _, name := range append(files, plotsDir) {
		if testing.Short() && name != plotsDir && name != files[0] {
			continue // one report stands for the others, which are written alike
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
					t.Errorf("the error is %v", err)
				}
				if now, _ := os.ReadFile(filepath.Join(elsewhere, "file")); string(now) != theirs {
					t.Errorf("a file elsewhere holds %q", now)
				}
				if left := filesIn(t, elsewhere); len(left) != 1 {
					t.Errorf("elsewhere is now %q", left)
				}
				for _, other := range files {
					if refused && strings.HasPrefix(other, name) {
						continue // it, or what would be in it
					}
					is, _ := os.ReadFile(filepath.Join(dir, other))
					was, _ := os.ReadFile(filepath.Join(whole, other))
					if !bytes.Equal(is, was) {
						t.Errorf("%s has %d bytes, want %d", other, len(is), len(was))
					}
				}
			})
		}
	}
}
