package dirio

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWalkOpensFewFolders also checks that Walk visits every entry once, and a directory
// before its content, at any depth.
func TestWalkOpensFewFolders(t *testing.T) {
	top := t.TempDir()
	makeDeep(t, top, strings.Repeat("d", 100), 100)
	dir, err := OpenTree(top)
	must(t, err)
	defer dir.Close()
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(entries)
	}
	before, most := open(), 0
	seen := map[string]bool{".": true}
	must(t, dir.Walk(func(name string, _ fs.FileMode) (bool, error) {
		most = max(most, open()-before)
		if seen[name] || !seen[path.Dir(name)] {
			return false, fmt.Errorf("%q was visited twice, or before its directory", name)
		}
		seen[name] = true
		return true, nil
	}))
	if len(seen) != 301 {
		t.Errorf("got %d entries, want 301", len(seen))
	}
	if most > 2 || open() != before {
		t.Errorf("got %d open descriptors at once and %d at the end, want at most 2 and 0", most, open()-before)
	}
}

// makeDeep creates nested directories of the given depth, each with a file and an empty
// directory beside it.
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
