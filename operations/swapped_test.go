package operations_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// contents returns the paths and contents of all files below a directory.
func contents(t *testing.T, dir string) string {
	t.Helper()
	text := ""
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			var data []byte
			data, err = os.ReadFile(path)
			text += fmt.Sprintf("%s %q\n", path, data)
		}
		return err
	}))
	return text
}

// trial does all items of an operation and verifies them.
func trial(op operations.Operation, site operations.Site) error {
	task, err := op.Open(site)
	if err != nil {
		return err
	}
	defer task.Close()
	bracket, bracketed := task.(operations.Bracketed)
	if bracketed {
		if err := bracket.Begin(); err != nil {
			return err
		}
	}
	var s operations.Scratch
	defer s.Close()
	digests := make([]uint32, site.Manifest.Len())
	for item := range site.Manifest.Len() {
		result, err := task.Do(&s, item)
		if err != nil {
			return err
		}
		digests[item] = result.Digest
	}
	if bracketed {
		if err := bracket.End(); err != nil {
			return err
		}
	}
	_, err = op.Verify(site, digests)
	return err
}

// opensByDescriptor reports whether directories are opened relative to open ones. On other
// systems a swapped directory is detected and refused.
var opensByDescriptor = false

// TestSwappedDirectories plays an attacker who may write the parent of the run directory. The
// attacker renames the run directory and puts another one in its place, with a copy of its marker
// and with links to foreign files. The foreign files must not change. The trial must continue in
// the original run directory.
func TestSwappedDirectories(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open directory cannot be renamed")
	}
	for _, op := range operations.All {
		for _, linked := range []string{"trial", "input", "output", "both"} {
			t.Run(op.Info().Name+"/"+linked, func(t *testing.T) {
				foreign, parent := t.TempDir(), t.TempDir()
				ws, err := workspace.Create(parent, "run")
				must(t, err)
				site := operations.Site{
					Workload: workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 10}, Dirs: ws,
					Workers: 1, Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
				}
				if len(op.Info().Sinks) > 0 {
					site.Sink = operations.SinkLocked
				}
				site.Manifest, err = workload.Survey(t.Context(), site.Workload)
				must(t, err)
				site.Input, err = ws.Make("trial/input")
				must(t, err)
				site.Output, err = ws.Make("trial/output")
				must(t, err)
				must(t, operations.Prepare(t.Context(), op, site))
				for item := range site.Manifest.Len() {
					must(t, os.WriteFile(filepath.Join(foreign, site.Manifest.File(item).Name), []byte("foreign"), 0o644))
				}
				swap(t, ws.Path(), foreign, linked)
				before := contents(t, foreign)
				if err := trial(op, site); err != nil && opensByDescriptor {
					t.Errorf("the trial failed in its own directory: %v", err)
				}
				if after := contents(t, foreign); after != before {
					t.Errorf("foreign files were changed, from\n%sto\n%s", before, after)
				}
				must(t, os.RemoveAll(ws.Path()))
				must(t, os.Rename(ws.Path()+"-away", ws.Path()))
				must(t, ws.Remove())
			})
		}
	}
}

// swap puts another directory in the place of the run directory.
func swap(t *testing.T, path, foreign, linked string) {
	t.Helper()
	must(t, os.Rename(path, path+"-away"))
	must(t, os.Mkdir(path, 0o755))
	marker, err := os.ReadFile(filepath.Join(path+"-away", workspace.Marker))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(path, workspace.Marker), marker, 0o644))
	if linked == "trial" {
		must(t, os.Mkdir(filepath.Join(foreign, "input"), 0o755))
		must(t, os.Mkdir(filepath.Join(foreign, "output"), 0o755))
		must(t, os.Symlink(foreign, filepath.Join(path, "trial")))
		return
	}
	must(t, os.Mkdir(filepath.Join(path, "trial"), 0o755))
	for _, name := range []string{"input", "output"} {
		at := filepath.Join(path, "trial", name)
		if linked == name || linked == "both" {
			must(t, os.Symlink(foreign, at))
		} else {
			must(t, os.Mkdir(at, 0o755))
		}
	}
}
