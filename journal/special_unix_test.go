//go:build unix

package journal

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// inPlace maps a kind of file to a function that creates it in the place of a regular
// file.
var inPlace = map[string]func(path string) error{
	"a named pipe":       func(path string) error { return syscall.Mkfifo(path, 0o644) },
	"a directory":        func(path string) error { return os.Mkdir(path, 0o755) },
	"a character device": func(path string) error { return os.Symlink("/dev/zero", path) },
	"a socket": func(path string) error {
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		if err != nil {
			return err
		}
		listener.SetUnlinkOnClose(false)
		return listener.Close()
	},
}

// TestJournalMustBeRegularFile checks that no other kind of file is waited for, read or
// written.
func TestJournalMustBeRegularFile(t *testing.T) {
	data := write(t)
	log, err := Read(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	for what, put := range inPlace {
		dir := t.TempDir()
		path := filepath.Join(dir, FileName)
		if err := put(path); err != nil {
			t.Logf("%s: %v", what, err)
			continue
		}
		for how, do := range map[string]func() error{
			"reading": func() error { _, err := ReadDir(dir); return err },
			"opening": func() error { _, err := Open(path, log); return err },
		} {
			err := do()
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), what) && !errors.Is(err, syscall.EISDIR) && !errors.Is(err, syscall.ENXIO) {
				t.Errorf("%s %s: got %v, want an error that names the kind of file", how, what, err)
			}
		}
	}
}

// TestLockMustBeRegularFile checks that any other kind of file is left unchanged.
func TestLockMustBeRegularFile(t *testing.T) {
	for what, put := range inPlace {
		dir := t.TempDir()
		path := filepath.Join(dir, LockName)
		if err := put(path); err != nil {
			t.Logf("%s: %v", what, err)
			continue
		}
		if what == "a character device" {
			what = "a symbolic link" // no link is followed
		}
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Lock(dir)
		if err == nil || !strings.Contains(err.Error(), path+" is not a lock file of iosweep but "+what) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: got %v, want an error that it is not a lock file", what, err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s: the file was replaced", what)
		}
	}
}

// TestReleaseKeepsForeignFile checks that Release does not remove a file that replaced
// the lock file.
func TestReleaseKeepsForeignFile(t *testing.T) {
	for what, put := range inPlace {
		dir := t.TempDir()
		path := filepath.Join(dir, LockName)
		lock, err := Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := put(path); err != nil {
			t.Logf("%s: %v", what, err)
			continue
		}
		if err := lock.Release(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s in the place of a lock: %v", what, err)
		}
	}
}

// TestHugeLockFileIsNotRead checks that a huge file in the place of the lock file is not
// read as a whole.
func TestHugeLockFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LockName)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10<<30); err != nil {
		t.Skip(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Lock(dir)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "10737418240 bytes") {
		t.Errorf("got %v, want an error with the size of the file", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("it took %d bytes of memory", took)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 10<<30 {
		t.Errorf("it was changed: %v", err)
	}
}
