package dirio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// withAndWithoutOpenat2 runs a test with openat2, and with a kernel that lacks or forbids it.
func withAndWithoutOpenat2(t *testing.T, test func(t *testing.T)) {
	t.Run("openat2", test)
	for _, errno := range []unix.Errno{unix.ENOSYS, unix.EPERM} {
		t.Run(errno.Error(), func(t *testing.T) {
			calls := 0
			openat2 = func(int, string, *unix.OpenHow) (int, error) { calls++; return -1, errno }
			t.Cleanup(func() {
				openat2 = unix.Openat2
				if calls == 0 {
					t.Error("openat2 was not called")
				}
			})
			test(t)
		})
	}
}

// top opens a directory by its path.
func top(t *testing.T, path string) int {
	t.Helper()
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// openFiles returns the number of open descriptors of this process.
func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

// TestOpen opens names below a directory. Names that lead outside must fail.
func TestOpen(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(inside, "a", "b", "not-utf8-\xff"), 0o755))
	must(t, os.WriteFile(filepath.Join(inside, "a", "file"), nil, 0o644))
	must(t, os.Symlink(outside, filepath.Join(inside, "a", "out")))
	must(t, os.Symlink("b", filepath.Join(inside, "a", "beside")))
	must(t, unix.Mkfifo(filepath.Join(inside, "a", "pipe"), 0o644))
	withAndWithoutOpenat2(t, func(t *testing.T) {
		dir := top(t, inside)
		before := openFiles(t)
		for _, crossMounts := range []bool{true, false} {
			for _, name := range []string{".", "a", "a/b", "a/b/not-utf8-\xff"} {
				fd, err := Open(dir, name, unix.O_RDONLY, crossMounts)
				if err != nil {
					t.Errorf("%q: %v", name, err)
					continue
				}
				var got, want unix.Stat_t
				must(t, unix.Fstat(fd, &got))
				must(t, unix.Stat(filepath.Join(inside, name), &want))
				if got.Ino != want.Ino {
					t.Errorf("%q led to another directory", name)
				}
				unix.Close(fd)
			}
			for name, want := range map[string]error{
				"none": fs.ErrNotExist, "a/none/b": fs.ErrNotExist, "": nil, "..": nil, "a/../..": nil, "/": nil, inside: nil,
				"a/file": unix.ENOTDIR, "a/pipe": unix.ENOTDIR, "a/out": nil, "a/beside": nil, "a/beside/not-utf8-\xff": nil,
			} {
				fd, err := Open(dir, name, unix.O_RDONLY, crossMounts)
				if err == nil {
					unix.Close(fd)
					t.Errorf("opened %q", name)
				} else if want != nil && !errors.Is(err, want) {
					t.Errorf("%q: %v, want %v", name, err, want)
				}
			}
		}
		if after := openFiles(t); after != before {
			t.Errorf("%d descriptors remain open", after-before)
		}
	})
}

// TestMountsAreNotEntered includes a bind mount from the same file system.
func TestMountsAreNotEntered(t *testing.T) {
	inside, precious := t.TempDir(), t.TempDir()
	must(t, os.Mkdir(filepath.Join(precious, "below"), 0o755))
	for name, mount := range map[string]func(at string) error{
		"tmpfs":        func(at string) error { return unix.Mount("none", at, "tmpfs", 0, "size=64k") },
		"bind":         func(at string) error { return unix.Mount(precious, at, "", unix.MS_BIND, "") },
		"bind to self": func(at string) error { return unix.Mount(at, at, "", unix.MS_BIND, "") },
	} {
		at := filepath.Join(inside, "a", name)
		must(t, os.MkdirAll(filepath.Join(at, "below"), 0o755))
		if err := mount(at); err != nil {
			t.Skipf("mount: %v", err)
		}
		t.Cleanup(func() { must(t, unix.Unmount(at, 0)) })
		must(t, os.MkdirAll(filepath.Join(at, "below"), 0o755))
	}
	withAndWithoutOpenat2(t, func(t *testing.T) {
		dir := top(t, inside)
		before := openFiles(t)
		for _, kind := range []string{"tmpfs", "bind", "bind to self"} {
			for _, name := range []string{"a/" + kind, "a/" + kind + "/below"} {
				if fd, err := Open(dir, name, unix.O_RDONLY, false); err == nil {
					unix.Close(fd)
					t.Errorf("entered %q", name)
				} else if !errors.Is(err, ErrMounted) {
					t.Errorf("%q: got %v, want ErrMounted", name, err)
				}
				fd, err := Open(dir, name, unix.O_RDONLY, true)
				if err != nil {
					t.Errorf("%q, crossMounts mounts: %v", name, err)
					continue
				}
				unix.Close(fd)
			}
		}
		if fd, err := Open(dir, "a", unix.O_RDONLY, false); err != nil {
			t.Errorf("beside the mounts: %v", err)
		} else {
			unix.Close(fd)
		}
		if after := openFiles(t); after != before {
			t.Errorf("%d descriptors remain open", after-before)
		}
	})
}

// TestLongNames opens a path that is longer than the kernel accepts.
func TestLongNames(t *testing.T) {
	inside := t.TempDir()
	step := strings.Repeat("x", 200)
	const depth = 50
	at := top(t, inside)
	for range depth {
		must(t, unix.Mkdirat(at, step, 0o755))
		next, err := unix.Openat(at, step, unix.O_PATH|unix.O_CLOEXEC, 0)
		must(t, err)
		t.Cleanup(func() { unix.Close(next) })
		at = next
	}
	name := strings.TrimSuffix(strings.Repeat(step+"/", depth), "/")
	withAndWithoutOpenat2(t, func(t *testing.T) {
		dir := top(t, inside)
		before := openFiles(t)
		fd, err := Open(dir, name, unix.O_RDONLY, false)
		must(t, err)
		var got, want unix.Stat_t
		must(t, unix.Fstat(fd, &got))
		must(t, unix.Fstat(at, &want))
		unix.Close(fd)
		if got.Ino != want.Ino {
			t.Error("the name led to another directory")
		}
		if _, err := Open(dir, name+"/none", unix.O_RDONLY, false); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a missing directory: got %v, want fs.ErrNotExist", err)
		}
		if _, err := Open(dir, strings.Repeat("x", 5000), unix.O_RDONLY, false); !errors.Is(err, unix.ENAMETOOLONG) {
			t.Errorf("a component of 5000 bytes: got %v, want ENAMETOOLONG", err)
		}
		if after := openFiles(t); after != before {
			t.Errorf("%d descriptors remain open", after-before)
		}
	})
}
