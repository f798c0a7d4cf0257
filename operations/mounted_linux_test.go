//go:build !portable

package operations_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

func init() { opensByDescriptor = true }

// TestMountedDirectories mounts a file system in a trial's directories, as only a contender could
// have done. It must not be entered, and its files must not change.
func TestMountedDirectories(t *testing.T) {
	for _, op := range operations.All {
		for _, at := range []string{"input", "input/a", "input/a/b", "output", "output/a"} {
			t.Run(op.Info().Name+"/"+at, func(t *testing.T) {
				tree, foreign := t.TempDir(), t.TempDir()
				for _, top := range []string{tree, foreign} {
					must(t, os.MkdirAll(filepath.Join(top, "a", "b"), 0o755))
					must(t, os.MkdirAll(filepath.Join(top, "b"), 0o755))
					for _, name := range []string{"one", "a/one", "a/b/one", "b/one"} {
						must(t, os.WriteFile(filepath.Join(top, name), []byte("foreign"), 0o644))
					}
				}
				ws, err := workspace.Create(t.TempDir(), "run")
				must(t, err)
				defer func() { must(t, ws.Remove()) }()
				site := operations.Site{
					Workload: workload.Workload{From: tree}, Dirs: ws,
					Workers: 1, Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
				}
				site.Manifest, err = workload.Survey(t.Context(), site.Workload)
				must(t, err)
				site.Input, err = ws.Make("trial/input")
				must(t, err)
				site.Output, err = ws.Make("trial/output")
				must(t, err)
				must(t, operations.Prepare(t.Context(), op, site))
				mountpoint := filepath.Join(ws.Path(), "trial", at)
				made := os.MkdirAll(mountpoint, 0o755) // it exists, or a contender would make it
				must(t, made)
				if err := unix.Mount(foreign, mountpoint, "", unix.MS_BIND, ""); err != nil {
					t.Skipf("mount: %v", err)
				}
				before := contents(t, foreign)
				err = trial(op, site)
				if after := contents(t, foreign); after != before {
					t.Errorf("the mounted files were changed, from\n%sto\n%s", before, after)
				}
				must(t, unix.Unmount(mountpoint, 0))
				if uses(op, at) && err == nil {
					t.Error("the trial succeeded with another directory in the place of the trial directory")
				}
			})
		}
	}
}

// uses reports whether an operation uses the directory at a place.
func uses(op operations.Operation, at string) bool {
	needs := op.Info().Needs
	switch at {
	case "input":
		return needs != operations.NeedsNothing
	case "input/a", "input/a/b":
		return needs == operations.NeedsFiles || needs == operations.NeedsDisposableCopy
	case "output":
		return op.Info().Name != "read"
	}
	return op.Info().Name != "read" // an unexpected entry, or a directory that the operation makes itself
}
