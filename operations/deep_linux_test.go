//go:build !portable

package operations

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// deepDirs makes, opens and removes directories below one, whose paths may be longer
// than the kernel takes.
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

// makeDeep makes so many directories, each in the one before, with a file and an empty
// directory beside each.
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

// TestDeepTrees: a tree as deep as a path can be goes through operations as any other.
func TestDeepTrees(t *testing.T) {
	name := strings.Repeat("d", 30)
	depth := (longestName - len("/f")) / (len(name) + 1)
	tree := t.TempDir()
	makeDeep(t, tree, name, depth)
	for _, op := range []Operation{copying{}, deleting{}, moving{}, renaming{}} {
		t.Run(op.Info().Name, func(t *testing.T) {
			top := t.TempDir()
			site := newSite(t, op, Workload{From: tree}, func(s *Site) {
				s.Dirs = deepDirs{t, top}
				s.Input, s.Output = filepath.Join(top, "in"), filepath.Join(top, "out")
				must(t, os.Mkdir(s.Input, 0o755))
				must(t, os.Mkdir(s.Output, 0o755))
				if slices.Contains(op.Info().Axes, "layout") {
					s.Layout = LayoutPerWorker
				}
			})
			if len(site.Manifest.Dirs) != 2*depth || site.Manifest.Len() != depth {
				t.Fatalf("%d directories and %d files, want %d and %d", len(site.Manifest.Dirs), site.Manifest.Len(), 2*depth, depth)
			}
			digests := perform(t, op, site, oneByOne, everything(site))
			checkOutcome(t, op, site, digests)
		})
	}
}

// TestTooDeepTreesAreRefused: what no program can open is said once, and beforehand.
func TestTooDeepTreesAreRefused(t *testing.T) {
	for _, name := range []string{strings.Repeat("d", 30), strings.Repeat("d", 200)} {
		tree := t.TempDir()
		makeDeep(t, tree, name, 5000/(len(name)+1))
		_, err := Survey(t.Context(), Workload{From: tree})
		if err == nil || !strings.Contains(err.Error(), "programs can open paths of up to") {
			t.Errorf("surveyed, and it said %v", err)
		}
		if _, err := StateOfTree(t.Context(), tree); err != nil {
			t.Errorf("its state is an error: %v", err)
		}
	}
}

// TestWalkHoldsFewFolders, and visits every entry once, a directory before what it
// holds, whatever the depth.
func TestWalkHoldsFewFolders(t *testing.T) {
	top := t.TempDir()
	makeDeep(t, top, strings.Repeat("d", 100), 100)
	dir, err := openTree(top)
	must(t, err)
	defer dir.Close()
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(entries)
	}
	before, most := open(), 0
	seen := map[string]bool{".": true}
	must(t, dir.walk(func(name string, _ fs.FileMode) (bool, error) {
		most = max(most, open()-before)
		if seen[name] || !seen[path.Dir(name)] {
			return false, fmt.Errorf("%q comes twice, or before its directory", name)
		}
		seen[name] = true
		return true, nil
	}))
	if len(seen) != 301 {
		t.Errorf("%d entries, want 301", len(seen))
	}
	if most > trailLength+2 || open() != before {
		t.Errorf("%d descriptors were open at once, and %d stay", most, open()-before)
	}
}

// TestWhatIsLeftMayBeOfAnyDepth: it is named, and not gone into.
func TestWhatIsLeftMayBeOfAnyDepth(t *testing.T) {
	for _, op := range []Operation{deleting{}, copying{}, moving{}, zipping{}} {
		site := newSite(t, op, Workload{From: makeTree(t)}, nil)
		perform(t, op, site, oneByOne, everything(site))
		at := site.Output
		if op.Info().Needs == NeedsVictims {
			at = site.Input
		}
		must(t, os.Mkdir(filepath.Join(at, "left"), 0o755))
		makeDeep(t, filepath.Join(at, "left"), strings.Repeat("d", 200), 100)
		_, err := op.Verify(site, nil)
		expectNamed(t, err, "left", "directory")
	}
}
