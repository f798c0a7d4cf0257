package operations

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

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
