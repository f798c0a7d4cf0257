package runner

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/trial"
)

// A guarded is a run directory during a contender's trial, with inputs and manifests of two
// workloads that other trials share.
type guarded struct {
	*store
	spec  *trial.Spec
	items *workload.Manifest // of the inputs
	trial string             // the trial directory
}

func newGuarded(t *testing.T) guarded {
	t.Helper()
	ws, err := workspace.Create(t.TempDir(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	g := guarded{store: newStore(ws, time.Minute), spec: &trial.Spec{Command: &trial.Command{Name: "x"}}}
	for _, size := range []int64{1, 2} {
		w := workload.Workload{Files: 3, Content: workload.ContentBytes, Size: size}
		m, err := workload.Survey(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		g.items = m
		if _, err := g.manifest(w, m); err != nil {
			t.Fatal(err)
		}
		op, _ := operations.Named("copy")
		site := operations.Site{Workload: w, Manifest: m, Dirs: ws, Layout: operations.LayoutShared}
		if g.spec.Site.Input, err = g.input(t.Context(), op, site, "", true); err != nil {
			t.Fatal(err)
		}
	}
	if g.spec.Site.Output, err = ws.Make("trials/000001/output"); err != nil {
		t.Fatal(err)
	}
	g.trial = filepath.Dir(g.spec.Site.Output)
	return g
}

// put creates or overwrites a file, and creates its directories.
func put(t *testing.T, parts ...string) {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("a contender was here"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGuard changes the run directory as a contender might. Afterwards the shared files must be as
// before, or be made again when they are needed.
func TestGuard(t *testing.T) {
	const wrote, changed = "x wrote outside its output directory: ", "x changed its inputs, which other trials also read"
	tests := map[string]struct {
		change            func(g guarded, root string)
		want              string // in the error; empty: no violation
		inputs, manifests int    // that remain valid
	}{
		"in the output": {func(g guarded, _ string) {
			put(t, g.spec.Site.Output, "deep", "f")
		}, "", 2, 2},
		"beside the output": {func(g guarded, _ string) {
			put(t, g.trial, "stray")
		}, wrote + "../stray; it must write only to {output}", 2, 2},
		"in place of the lock": {func(g guarded, _ string) {
			put(t, g.trial, "lock")
		}, wrote + "../lock; it", 2, 2},
		"several": {func(g guarded, _ string) {
			put(t, g.trial, "b", "c", "d")
			put(t, g.trial, "a")
			put(t, g.trial, "e")
		}, wrote + "../a, and 2 more; it", 2, 2},
		"in the run directory": {func(_ guarded, root string) {
			put(t, root, "more", "stray")
		}, wrote + "../../../more; it", 2, 2},
		"among the trials": {func(_ guarded, root string) {
			put(t, root, "trials", "000002", "output", "f")
		}, wrote + "../../000002; it", 2, 2},
		"where an input will be": {func(_ guarded, root string) {
			put(t, root, "inputs", "5", "f")
		}, wrote + "../../../inputs/5; it", 2, 2},
		"in its inputs": {func(g guarded, _ string) {
			put(t, g.spec.Site.Input, "stray")
		}, changed + ": stray is new; it must not change {input}", 1, 2},
		"its inputs removed": {func(g guarded, _ string) {
			must(t, os.RemoveAll(g.spec.Site.Input))
		}, changed + ": the directory is gone; it must not change {input}", 1, 2},
		"in the inputs of another cell": {func(_ guarded, root string) {
			put(t, root, "inputs", "2", "stray")
		}, wrote + "../../../inputs/2", 1, 2},
		"content of the inputs of another cell": {func(_ guarded, root string) {
			put(t, root, "inputs", "2", "data-0000.bin")
		}, wrote + "../../../inputs/2/data-0000.bin is changed; it", 1, 2},
		"permissions of the inputs": {func(_ guarded, root string) {
			must(t, os.Chmod(filepath.Join(root, "inputs"), 0o500))
		}, wrote + "../../../inputs is changed; it", 0, 2},
		"strange name": {func(g guarded, _ string) {
			put(t, g.trial, "a\x1b[31m"+strings.Repeat("x", 200))
		}, wrote + `"../a\x1b[31mxxxxx`, 2, 2},
		"all inputs removed": {func(_ guarded, root string) {
			must(t, os.RemoveAll(filepath.Join(root, "inputs")))
		}, changed + ": the directory is gone; it must not change {input}; " + wrote + "../../../inputs is gone; it", 0, 2},
		"input of another cell replaced": {func(_ guarded, root string) {
			must(t, os.RemoveAll(filepath.Join(root, "inputs", "2")))
			put(t, root, "inputs", "2")
		}, wrote + "../../../inputs/2 is changed; it", 1, 2},
		"manifest overwritten": {func(_ guarded, root string) {
			put(t, root, "manifests", "1", "manifest")
		}, wrote + "../../../manifests/1/manifest is changed; it", 2, 1},
		"all manifests removed": {func(_ guarded, root string) {
			must(t, os.RemoveAll(filepath.Join(root, "manifests")))
		}, wrote + "../../../manifests is gone; it", 2, 0},
		"everything except the marker": {func(_ guarded, root string) {
			for _, name := range []string{"inputs", "manifests", "trials"} {
				must(t, os.RemoveAll(filepath.Join(root, name)))
			}
		}, changed + ": the directory is gone; it must not change {input}; " + wrote + "../../../inputs is gone, and 2 more; it", 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && (name == "strange name" || name == "permissions of the inputs") {
				t.Skip("this system has neither such names nor such permissions")
			}
			g := newGuarded(t)
			root := g.ws.Path()
			waitForClock(t, time.Now()) // a change gets a later time than the files
			before, err := g.snapshot(t.Context(), g.spec, g.items)
			must(t, err)
			test.change(g, root)
			record := &journal.Trial{Status: journal.OK}
			must(t, g.compare(t.Context(), g.spec, before, record))
			if test.want == "" && record.Status != journal.OK || test.want != "" && record.Status != journal.Failed {
				t.Errorf("got status %s: %s", record.Status, record.Error)
			}
			if !strings.Contains(record.Error, test.want) {
				t.Errorf("got the error %q, want %q in it", record.Error, test.want)
			}
			if strings.Contains(record.Error, wrote) && !strings.Contains(test.want, wrote) {
				t.Errorf("got the error %q, which also accuses of another change", record.Error)
			}
			if len(g.inputs) != test.inputs || len(g.manifests) != test.manifests {
				t.Errorf("%d inputs and %d manifests remain, want %d and %d", len(g.inputs), len(g.manifests), test.inputs, test.manifests)
			}
			must(t, g.ws.RemoveTree(g.trial))
			checkRepaired(t, g)
		})
	}
}

// checkRepaired checks that the next trial can get its manifests and inputs, and that no other
// entry remains in the run directory.
func checkRepaired(t *testing.T, g guarded) {
	t.Helper()
	next := filepath.Join(g.ws.Path(), "trials", "000002", "output")
	if _, err := g.ws.Make("trials/000002/output"); err != nil {
		t.Fatal(err)
	}
	g.spec.Site.Output = next
	for _, size := range []int64{1, 2} {
		w := workload.Workload{Files: 3, Content: workload.ContentBytes, Size: size}
		m, err := workload.Survey(t.Context(), w)
		must(t, err)
		path, err := g.manifest(w, m)
		must(t, err)
		f, err := os.Open(path)
		must(t, err)
		read, err := workload.ReadManifest(f)
		must(t, err)
		must(t, f.Close())
		op, _ := operations.Named("copy")
		dir, err := g.input(t.Context(), op, operations.Site{Workload: w, Manifest: m, Dirs: g.ws}, "", true)
		must(t, err)
		files, err := os.ReadDir(dir)
		must(t, err)
		if len(files) != 3 || read.Len() != 3 {
			t.Errorf("got %d inputs and %d items in the manifest, want 3", len(files), read.Len())
		}
	}
	entries, err := os.ReadDir(g.ws.Path())
	must(t, err)
	if len(entries) != 4 {
		t.Errorf("the run directory contains %v, want 4 entries", entries)
	}
	parent := filepath.Dir(g.ws.Path())
	must(t, g.ws.Remove())
	if left, _ := os.ReadDir(parent); len(left) != 0 {
		t.Errorf("the workspace still contains %v", left)
	}
}

// TestLinksAreNotFollowed checks that a symbolic link that a contender has created is removed, but
// its target is not.
func TestLinksAreNotFollowed(t *testing.T) {
	g := newGuarded(t)
	precious := t.TempDir()
	put(t, precious, "years of work")
	before, err := g.snapshot(t.Context(), g.spec, g.items)
	must(t, err)
	for _, path := range []string{"way-out", "manifests"} {
		path = filepath.Join(g.ws.Path(), path)
		must(t, os.RemoveAll(path))
		if err := os.Symlink(precious, path); err != nil {
			t.Skip(err) // on Windows this needs a privilege
		}
	}
	record := &journal.Trial{Status: journal.Failed, Error: "verification: item 0 wrong"}
	must(t, g.compare(t.Context(), g.spec, before, record))
	if !strings.HasPrefix(record.Error, "verification: item 0 wrong; x wrote outside") {
		t.Errorf("got the error %q, want both failures in it", record.Error)
	}
	must(t, g.ws.RemoveTree(g.trial))
	checkRepaired(t, g)
	if _, err := os.Stat(filepath.Join(precious, "years of work")); err != nil {
		t.Error(err)
	}
}

// TestUnreadableDirectoryIsViolation checks that a directory that a contender has made unreadable
// counts as changed, and does not stop the run.
func TestUnreadableDirectoryIsViolation(t *testing.T) {
	g := newGuarded(t)
	before, err := g.snapshot(t.Context(), g.spec, g.items)
	must(t, err)
	for _, dir := range []string{g.trial, filepath.Join(g.ws.Path(), "manifests")} {
		must(t, os.Chmod(dir, 0))
		if _, err := os.ReadDir(dir); err == nil {
			t.Skip("this user can read a directory without permission")
		}
	}
	record := &journal.Trial{Status: journal.OK}
	must(t, g.compare(t.Context(), g.spec, before, record))
	if !strings.Contains(record.Error, "../../../manifests is changed, and 1 more") {
		t.Errorf("got the error %q, want two violations in it", record.Error)
	}
	must(t, g.ws.RemoveTree(g.trial))
	checkRepaired(t, g)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitForClock waits until the clock of the file system has advanced, so that later changes are
// newer.
func waitForClock(t *testing.T, than time.Time) {
	t.Helper()
	tick := filepath.Join(t.TempDir(), "tick")
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		must(t, os.WriteFile(tick, nil, 0o644))
		info, err := os.Stat(tick)
		must(t, err)
		if info.ModTime().After(than) {
			return
		}
	}
	t.Fatal("the clock of the file system does not advance")
}
