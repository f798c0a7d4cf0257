package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

// packages are the Debian packages of the contenders of the built-in experiments. The test
// needs all of them.
var packages = map[string]string{
	"python3": "python3", "tar": "tar", "7z": "p7zip-full", "rclone": "rclone",
	"cp": "coreutils", "mv": "coreutils", "find": "findutils", "zip": "zip", "unzip": "unzip",
	"cat": "coreutils", "dd": "coreutils", "rm": "coreutils", "fio": "fio", "cc": "gcc",
	"gzip": "gzip", "pigz": "pigz", "zstd": "zstd", "xz": "xz-utils", "rsync": "rsync", "sqlite3": "sqlite3",
}

// tiny are overrides that reduce any experiment to a few seconds.
var tiny = []string{
	"--set", "workload.files=12", "--set", "trials.repeats=1", "--set", "trials.warmup=0", "--budget", "1h",
}

// cuts are more overrides by experiment. They reduce numeric axes to one level. The test
// checks that every pair still has a cell.
var cuts = map[string][]string{
	"overnight":         {"--set", "grid.workers=2", "--set", "grid.threads=2", "--set", "grid.chunk_size=auto", "--set", "grid.queue=4", "--set", "grid.lines=3"},
	"append":            {"--set", "grid.workers=2"},
	"write":             {"--set", "grid.workers=3", "--set", "grid.chunk_size=2"},
	"copy":              {"--set", "grid.workers=3"},
	"zip":               {"--set", "grid.workers=2"},
	"unzip":             {"--set", "grid.workers=3"},
	"delete":            {"--set", "grid.workers=3"},
	"rename":            {"--set", "grid.workers=3"},
	"move":              {"--set", "grid.workers=3"},
	"read":              {"--set", "grid.workers=3"},
	"block-size":        {"--set", "grid.block_size=auto,4KiB"},
	"large-files":       {"--set", "grid.workers=3", "--set", "grid.files=12"},
	"engines":           {"--set", "grid.files=12", "--set", "grid.size=100B", "--set", "grid.lines=5"},
	"engines-direct":    {"--set", "workload.size=1MiB"}, // fio reads no block that is larger than the file
	"engines-large":     {"--set", "workload.size=1MiB", "--set", "grid.size=2MiB", "--set", "grid.split=1MiB", "--set", "grid.lines=5"},
	"save-files-sweep":  {"--set", "grid.workers=2", "--set", "grid.threads=2", "--set", "grid.queue=4"},
	"copy-files-sweep":  {"--set", "grid.workers=2"},
	"append-file-sweep": {"--set", "grid.workers=12", "--set", "grid.chunk_size=1,2"},
	"tasks-sweep":       {"--set", "grid.workers=3", "--set", "grid.files=12", "--set", "grid.size=100B"},
	"pipeline":          {"--set", "grid.workers=2", "--set", "grid.queue=1,16"},
	"compressors":       {"--set", "grid.level=6", "--set", "grid.threads=1"},
	"tar-pipelines":     {"--set", "grid.level=1", "--set", "grid.blocks=20"},
	"sqlite-import":     {"--set", "grid.rows=12", "--set", "grid.batch=1,5"},
	"python-versions":   {"--set", "grid.workers=1,2", "--set", "grid.python=python3"},
	"load-files-sweep":  {"--set", "grid.workers=2", "--set", "grid.threads=2", "--set", "grid.chunk_size=auto"},
	// Threads without a lock corrupt the archive for certain only if each file takes long enough.
	"zip-files":       {"--set", "workload.values=2000"},
	"background-save": {"--set", "grid.files=12", "--set", "grid.size=100B"},
}

// TestShipped runs every built-in experiment with few files. It covers all operations,
// strategies, sinks and contenders, with fewer levels of the numeric axes.
func TestShipped(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the contenders are GNU programs")
	}
	for program, pkg := range packages {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is not installed: install the package %s", program, pkg)
		}
	}
	installFloor(t)
	for _, name := range experiments.Shipped() {
		t.Run(name, func(t *testing.T) {
			if name != "quickstart" {
				skipIfShort(t)
			}
			t.Parallel()
			wantExit(t, exitGood, "validate", name)
			flags, e := shrink(t, name)
			out := filepath.Join(t.TempDir(), "out")
			ws := t.TempDir()
			wantExit(t, exitGood, append([]string{"run", name, "-o", out, "--workspace", ws}, flags...)...)
			checkRun(t, out, len(e.Cells), 12)
			checkEmpty(t, ws)
		})
	}
}

// shrink returns the flags that make a built-in experiment small, and the small experiment.
// It checks that every pair of operation and strategy is still there.
func shrink(t *testing.T, name string) ([]string, *experiments.Experiment) {
	t.Helper()
	flags := append([]string{}, tiny...)
	whole := parseShipped(t, name, nil)
	if whole.Workload.Content != "bytes" {
		flags = append(flags, "--set", "workload.lines=5")
	} else {
		flags = append(flags, "--set", "workload.size=100B")
	}
	flags = append(flags, cuts[name]...)
	var set []string
	for i := 0; i < len(flags); i += 2 {
		if flags[i] == "--set" {
			set = append(set, flags[i+1])
		}
	}
	small := parseShipped(t, name, set)
	kept := map[[3]string]bool{}
	for _, c := range small.Cells {
		kept[kind(c)] = true
	}
	for _, c := range whole.Cells {
		if !kept[kind(c)] {
			t.Errorf("%v is not tested any more: %s", kind(c), c)
		}
	}
	return flags, small
}

// kind returns operation, strategy and sink of a cell.
func kind(c experiments.Cell) [3]string {
	return [3]string{c.Level(experiments.Operation), c.Level(experiments.Strategy), c.Level(experiments.Sink)}
}

func parseShipped(t *testing.T, name string, set []string) *experiments.Experiment {
	t.Helper()
	source, err := experiments.ReadShipped(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiments.Parse(source, experiments.Options{
		File: name + ".yaml", Catalogue: catalogue.New(), CPUs: runtime.NumCPU(), Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
