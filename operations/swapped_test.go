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

// contents are all files below a directory.
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

// opensByDescriptor says that directories are opened beneath others. Elsewhere one that was
// swapped is noticed and refused.
var opensByDescriptor = false

// TestSwappedDirectories: somebody who may write the directory that a run's own is in
// gives that another name and puts one of his own there, with a marker that he has
// read and with links to what he wants to be changed. What is there stays as it is, and
// the trial goes on in the run's own directory, wherever that is.
func TestSwappedDirectories(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory that is open cannot be renamed")
	}
	for _, op := range operations.All {
		for _, linked := range []string{"trial", "input", "output", "both"} {
			t.Run(op.Info().Name+"/"+linked, func(t *testing.T) {
				precious, parent := t.TempDir(), t.TempDir()
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
					must(t, os.WriteFile(filepath.Join(precious, site.Manifest.File(item).Name), []byte("precious"), 0o644))
				}
				swap(t, ws.Path(), precious, linked)
				before := contents(t, precious)
				if err := trial(op, site); err != nil && opensByDescriptor {
					t.Errorf("the trial failed in its own directory: %v", err)
				}
				if after := contents(t, precious); after != before {
					t.Errorf("what is not the run's was changed, from\n%sto\n%s", before, after)
				}
				must(t, os.RemoveAll(ws.Path()))
				must(t, os.Rename(ws.Path()+"-away", ws.Path()))
				must(t, ws.Remove())
			})
		}
	}
}

// swap puts another directory in the place of the run's own.
func swap(t *testing.T, path, precious, linked string) {
	t.Helper()
	must(t, os.Rename(path, path+"-away"))
	must(t, os.Mkdir(path, 0o755))
	marker, err := os.ReadFile(filepath.Join(path+"-away", workspace.Marker))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(path, workspace.Marker), marker, 0o644))
	if linked == "trial" {
		must(t, os.Mkdir(filepath.Join(precious, "input"), 0o755))
		must(t, os.Mkdir(filepath.Join(precious, "output"), 0o755))
		must(t, os.Symlink(precious, filepath.Join(path, "trial")))
		return
	}
	must(t, os.Mkdir(filepath.Join(path, "trial"), 0o755))
	for _, name := range []string{"input", "output"} {
		at := filepath.Join(path, "trial", name)
		if linked == name || linked == "both" {
			must(t, os.Symlink(precious, at))
		} else {
			must(t, os.Mkdir(at, 0o755))
		}
	}
}
