//go:build !portable

package operations

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// deepDirs implements Dirs below one directory. Its paths may be longer than the kernel accepts.
type deepDirs struct {
	t   *testing.T
	top string
}

func (d deepDirs) Open(path string) (*os.File, error) {
	fd, err := d.below(path, unix.O_RDONLY)
	return os.NewFile(uintptr(fd), path), err
}

func (d deepDirs) Mkdir(path string) error {
	return d.in(path, func(fd int, name string) error { return unix.Mkdirat(fd, name, 0o755) })
}

func (d deepDirs) Rmdir(path string) error {
	return d.in(path, func(fd int, name string) error { return unix.Unlinkat(fd, name, unix.AT_REMOVEDIR) })
}

func (d deepDirs) below(path string, flags int) (int, error) {
	top, err := unix.Open(d.top, unix.O_PATH, 0)
	must(d.t, err)
	defer unix.Close(top)
	name, err := filepath.Rel(d.top, path)
	must(d.t, err)
	return dirio.Open(top, name, flags, false)
}

func (d deepDirs) in(path string, do func(int, string) error) error {
	fd, err := d.below(filepath.Dir(path), unix.O_PATH)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return do(fd, filepath.Base(path))
}

// makeDeep makes nested directories of the given depth. Beside each one it makes a file and an
// empty directory.
func makeDeep(t *testing.T, top, name string, depth int) {
	t.Helper()
	at, err := unix.Open(top, unix.O_PATH, 0)
	must(t, err)
	for range depth {
		file, err := unix.Openat(at, "f", unix.O_CREAT|unix.O_WRONLY, 0o644)
		must(t, err)
		must(t, unix.Close(file))
		must(t, unix.Mkdirat(at, "e", 0o755))
		must(t, unix.Mkdirat(at, name, 0o755))
		next, err := unix.Openat(at, name, unix.O_PATH, 0)
		must(t, err)
		must(t, unix.Close(at))
		at = next
	}
	must(t, unix.Close(at))
}

// TestDeepTrees runs operations on a tree that is as deep as a path can be.
func TestDeepTrees(t *testing.T) {
	name := strings.Repeat("d", 30)
	depth := (dirio.MaxNameLength - len("/f")) / (len(name) + 1)
	tree := t.TempDir()
	makeDeep(t, tree, name, depth)
	for _, op := range []Operation{copying{}, deleting{}, moving{}, renaming{}} {
		t.Run(op.Info().Name, func(t *testing.T) {
			top := t.TempDir()
			site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) {
				s.Dirs = deepDirs{t, top}
				s.Input, s.Output = filepath.Join(top, "in"), filepath.Join(top, "out")
				must(t, os.Mkdir(s.Input, 0o755))
				must(t, os.Mkdir(s.Output, 0o755))
				if slices.Contains(op.Info().Axes, "layout") {
					s.Layout = LayoutPerWorker
				}
			})
			if len(site.Manifest.Dirs) != 2*depth || site.Manifest.Len() != depth {
				t.Fatalf("got %d directories and %d files, want %d and %d", len(site.Manifest.Dirs), site.Manifest.Len(), 2*depth, depth)
			}
			digests := perform(t, op, site, oneByOne, allItems(site))
			checkOutcome(t, op, site, digests)
		})
	}
}

// TestVerifyNamesDeepLeftover checks that Verify names a leftover directory of great depth and does
// not enter it.
func TestVerifyNamesDeepLeftover(t *testing.T) {
	for _, op := range []Operation{deleting{}, copying{}, moving{}, zipping{}} {
		site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
		perform(t, op, site, oneByOne, allItems(site))
		at := site.Output
		if op.Info().Needs == NeedsDisposableCopy {
			at = site.Input
		}
		must(t, os.Mkdir(filepath.Join(at, "left"), 0o755))
		makeDeep(t, filepath.Join(at, "left"), strings.Repeat("d", 200), 100)
		_, err := op.Verify(site, nil)
		expectNamed(t, err, "left", "directory")
	}
}
