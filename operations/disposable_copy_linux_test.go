//go:build !portable

package operations

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
)

// TestOriginalTreeIsRefusedByIdentity opens the original tree by other paths, through links and
// mounts.
func TestOriginalTreeIsRefusedByIdentity(t *testing.T) {
	tree, beside := makeTree(t), t.TempDir()
	paths := []string{filepath.Join(beside, "tree"), filepath.Join(beside, "below")}
	must(t, os.Symlink(tree, paths[0]))
	must(t, os.Symlink(filepath.Join(tree, "a", "b"), paths[1]))
	mounted := filepath.Join(beside, "mounted")
	must(t, os.Mkdir(mounted, 0o755))
	if err := unix.Mount(tree, mounted, "", unix.MS_BIND, ""); err == nil {
		t.Cleanup(func() { must(t, unix.Unmount(mounted, 0)) })
		paths = append(paths, mounted, filepath.Join(mounted, "a", "b"))
	}
	for _, op := range []Operation{deleting{}, renaming{}, moving{}} {
		site := newSite(t, op, workload.Workload{From: tree}, nil)
		for _, path := range paths {
			site.Input = path
			if task, err := op.Open(site); err == nil {
				task.Close()
				t.Errorf("%s: Open accepted %s, which leads into the tree", op.Info().Name, path)
			} else if !strings.Contains(err.Error(), "iosweep only reads") {
				t.Errorf("%s: got error %q", op.Info().Name, err)
			}
		}
	}
}
