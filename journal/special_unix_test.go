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

// inPlace makes, by its name, what may stand in the place of a file.
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

// TestAJournalIsARegularFile: nothing else is waited for, read, or written.
func TestAJournalIsARegularFile(t *testing.T) {
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
				t.Errorf("%s %s: got %v, want that it is none", how, what, err)
			}
		}
	}
}

// TestALockIsARegularFile, and what is none is left alone.
func TestALockIsARegularFile(t *testing.T) {
	for what, put := range inPlace {
		dir := t.TempDir()
		path := filepath.Join(dir, LockName)
		if err := put(path); err != nil {
			t.Logf("%s: %v", what, err)
			continue
		}
		if what == "a character device" {
			what = "a symbolic link" // no link is followed, wherever it leads
		}
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Lock(dir)
		if err == nil || !strings.Contains(err.Error(), path+" is no lock of iosweep's but "+what) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: got %v, want that it is no lock", what, err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s: it is not what it was", what)
		}
	}
}

// TestWhatIsPutInThePlaceOfALockStays: it is released without it.
func TestWhatIsPutInThePlaceOfALockStays(t *testing.T) {
	for what, put := range inPlace {
		dir := t.TempDir()
		path := filepath.Join(dir, LockName)
		held, err := Lock(dir)
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
		if err := held.Release(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s in the place of a lock: %v", what, err)
		}
	}
}

// TestALockThatIsNoneIsNotReadWhole: it may be without an end.
func TestALockThatIsNoneIsNotReadWhole(t *testing.T) {
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
		t.Errorf("got %v, want that it is no lock", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("it took %d bytes of memory", took)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 10<<30 {
		t.Errorf("it was changed: %v", err)
	}
}
