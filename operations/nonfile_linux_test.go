//go:build !portable

package operations

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
)

// notFiles make other kinds of files at a path. The keys are their names in errors.
var notFiles = map[string]func(t *testing.T, path string) error{
	"named pipe": func(t *testing.T, path string) error { return unix.Mkfifo(path, 0o644) },
	"socket": func(t *testing.T, path string) error {
		l, err := net.Listen("unix", path)
		if err == nil {
			t.Cleanup(func() { l.Close() })
		}
		return err
	},
	"character device": func(t *testing.T, path string) error {
		err := unix.Mknod(path, unix.S_IFCHR|0o644, int(unix.Mkdev(1, 5))) // /dev/zero has no end
		if errors.Is(err, fs.ErrPermission) {
			t.Skip("making a device needs privileges")
		}
		return err
	},
	"symbolic link": func(t *testing.T, path string) error { return os.Symlink("plain.txt", path) },
	"directory":     func(t *testing.T, path string) error { return os.Mkdir(path, 0o755) },
}

// eachNotFile runs a test for a tree in which a file is replaced by each kind. It also replaces an
// empty file, because a pipe or a device can read as empty too.
func eachNotFile(t *testing.T, test func(t *testing.T, tree string, swap func(t *testing.T), want string)) {
	for kind, put := range notFiles {
		for _, name := range []string{"empty.txt", "a/one.txt"} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				// The path of a socket must be short.
				tree, err := os.MkdirTemp("", "t")
				must(t, err)
				t.Cleanup(func() { must(t, os.RemoveAll(tree)) })
				must(t, os.Mkdir(filepath.Join(tree, "a"), 0o755))
				for file, content := range map[string]string{"plain.txt": "plain", "empty.txt": "", "a/one.txt": "one"} {
					must(t, os.WriteFile(filepath.Join(tree, file), []byte(content), 0o644))
				}
				swap := func(t *testing.T) {
					t.Helper()
					must(t, os.Remove(filepath.Join(tree, name)))
					must(t, put(t, filepath.Join(tree, name)))
				}
				test(t, tree, swap, fmt.Sprintf("is now a %s", kind))
			})
		}
	}
}

// expectNamed checks that an error names the file and the problem.
func expectNamed(t *testing.T, err error, name, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one that contains %q and %q", err, name, want)
	}
}

// TestPrepareRefusesNonFile replaces a file after the tree was surveyed.
func TestPrepareRefusesNonFile(t *testing.T) {
	for _, op := range []Operation{deleting{}, unzipping{}} {
		t.Run(op.Info().Name, func(t *testing.T) {
			eachNotFile(t, func(t *testing.T, tree string, swap func(*testing.T), want string) {
				w := workload.Workload{From: tree}
				m, err := workload.Survey(t.Context(), w)
				must(t, err)
				swap(t)
				err = Prepare(t.Context(), op, Site{Workload: w, Manifest: m, Input: t.TempDir(), Dirs: plainDirs{}, Workers: 1, Layout: LayoutShared})
				expectNamed(t, err, ".txt", want)
			})
		})
	}
}

// TestOpenDoesNotWaitForPipe checks that the timed part does not wait for a pipe in the place of a
// file, whether another process has it open or not. It does not check the files that it opens.
func TestOpenDoesNotWaitForPipe(t *testing.T) {
	for _, op := range []Operation{read{}, copying{}, zipping{}} {
		for _, written := range []bool{false, true} {
			for _, size := range []int64{3, 100_000} { // copied by the process, or by the kernel
				t.Run(fmt.Sprintf("%s/written=%v/%d", op.Info().Name, written, size), func(t *testing.T) {
					site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: size}, nil)
					path := filepath.Join(site.Input, site.Manifest.Name(0))
					must(t, os.Remove(path))
					must(t, unix.Mkfifo(path, 0o644))
					if written {
						pipe, err := os.OpenFile(path, os.O_RDWR, 0)
						must(t, err)
						defer pipe.Close()
					}
					task, err := op.Open(site)
					must(t, err)
					defer task.Close()
					if b, ok := task.(Bracketed); ok {
						must(t, b.Begin())
					}
					if _, err := oneByOne(task, site, []int{0}); err == nil {
						t.Error("got no error, although nothing was read")
					}
				})
			}
		}
	}
}

// TestVerifyNamesNonFile lets a contender leave anything in the place of a file.
func TestVerifyNamesNonFile(t *testing.T) {
	op := copying{}
	for kind, put := range notFiles {
		t.Run(kind, func(t *testing.T) {
			site := newSite(t, op, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 3}, func(s *Site) {
				dir, err := os.MkdirTemp("", "t")
				must(t, err)
				t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
				s.Output = dir
			})
			perform(t, op, site, oneByOne, allItems(site))
			path := filepath.Join(site.Output, site.Manifest.Name(1))
			must(t, os.Remove(path))
			must(t, put(t, path))
			_, err := op.Verify(site, nil)
			expectNamed(t, err, site.Manifest.Name(1), kind)
		})
	}
}
