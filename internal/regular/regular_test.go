package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOnlyRegularFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("twelve bytes"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range special(t, dir) {
		for how, open := range map[string]func() error{
			"Open":     func() error { _, err := Open(path); return err },
			"ReadFile": func() error { _, err := ReadFile(path, 100); return err },
			"for writing": func() error {
				_, err := OpenFile(path, os.O_RDWR, 0)
				return err
			},
		} {
			err := open()
			var at *fs.PathError
			if !errors.As(err, &at) || at.Path != path || !strings.Contains(err.Error(), "it is "+want+", but must be a regular file") {
				t.Errorf("%s of %s: got %v, want the kind %s", how, path, err, want)
			}
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	if data, err := ReadFile(link, 12); string(data) != "twelve bytes" || err != nil {
		t.Errorf("through a link: %q, %v", data, err)
	}
	if _, err := Open(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// TestCheckLooksAtOpenFile checks the open file, because its path may lead elsewhere by then.
func TestCheckLooksAtOpenFile(t *testing.T) {
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Check(f); err == nil || !strings.Contains(err.Error(), "it is a directory") {
		t.Errorf("got %v, want an error about a directory", err)
	}
}

func TestLargeFileIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("twelve bytes"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ReadFile(path, 11)
	for _, part := range []string{path, "it has 12 bytes", "at most 11 are allowed"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want an error with %q", err, part)
		}
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip(err)
	}
	if _, err := ReadFile(path, 1<<20); err == nil || !strings.Contains(err.Error(), "1099511627776 bytes") {
		t.Errorf("got %v, want an error about the size", err)
	}
}
