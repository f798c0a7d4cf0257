//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/journal"
	"iosweep/operations"
)

// Benchmark tools have deleted people's data. These tests put user files near every
// directory of a run. Some are above the workspace or beside the run directory and the
// results. Others have similar names, or are behind links out of the workspace. Whatever happens to the run, these
// files must stay unchanged.

// makeUserFiles makes such a directory and returns its path. The workspace is root/ws with
// the link root/link. The results go below root/results.
func makeUserFiles(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{
		"thesis.txt", "photos/a.jpg", "photos/album/b.jpg",
		"ws/thesis.txt", "ws/trials/000001/output/precious", "ws/inputs/1/precious", "ws/data-0000.csv",
		"ws/.iosweep-20200101-000000-00000000/not-ours", // a directory without a marker
		"results/notes.txt", "results/older/trials.jsonl", "results/older/plots/time.png",
	} {
		writeFile(t, filepath.Join(root, name), "precious: "+name)
	}
	// The run directory of another run.
	writeFile(t, filepath.Join(root, "ws/.iosweep-20200202-000000-00000000/.iosweep-workspace"), "20200202-000000-00000000\n")
	for name, target := range map[string]string{"ws/out-of-here": "../photos", "ws/up": "..", "link": "ws", "results/photos": "../photos"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// checkUserFiles checks that all user files are unchanged, and that there are no new files
// outside the results of the run.
func checkUserFiles(t *testing.T, root string, before tree) {
	t.Helper()
	now := mustReadTree(t, root)
	for path := range now {
		if path == "results/new" || strings.HasPrefix(path, "results/new/") {
			delete(now, path)
		}
	}
	if diff := cmp.Diff(before, now); diff != "" {
		t.Errorf("user files have changed (-before +after):\n%s", diff)
	}
}

// everything returns an experiment with all operations. commands may add contenders.
func everything(commands string) string {
	var names []string
	for _, op := range operations.All {
		names = append(names, op.Info().Name)
	}
	return "name: everything\nworkload: {files: 6, lines: 2}\ntrials: {repeats: 1, warmup: 0}\nbaseline: {strategy: sequential}\ngrid:\n" +
		"  - {operation: [" + strings.Join(names, ", ") + "], strategy: [sequential, threads, processes], workers: 2}\n" + commands
}

// linkMakers are contenders that leave links to the user files in directories that the run
// removes, and then fail.
const linkMakers = `  - {operation: copy, strategy: links-copy}
  - {operation: delete, strategy: links-delete}
  - {operation: move, strategy: links-move}
commands:
  links-copy: {operation: copy, run: [sh, '{here}/plot.sh', '{output}']}
  links-delete: {operation: delete, run: [sh, '{here}/plot.sh', '{input}']}
  links-move: {operation: move, run: [sh, '{here}/plot.sh', '{output}']}
`

const linkScript = `
here=$(dirname "$0")
ln -s "$here/photos" "$1/photos"
ln -s "$here" "$1/above"
mkdir "$1/dir"
ln -s "$here/thesis.txt" "$1/dir/thesis.txt"
exit 1
`

func TestUserFilesAreUnchanged(t *testing.T) {
	tests := []struct {
		name       string
		experiment string
		code       int
		flags      []string
	}{
		{"all good", everything(""), exitGood, nil},
		{"through a link", everything(""), exitGood, []string{"--workspace", "link"}},
		{"failing", everything(linkMakers), exitFailures, nil},
		{"stopped at a failure", everything(""), exitIncomplete, []string{"--fail-fast", "--set", "trials.timeout=1ns"}},
		{"no budget", everything(""), exitIncomplete, []string{"--budget", "1ns"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "failing" {
				skipIfShort(t)
			}
			t.Parallel()
			root := makeUserFiles(t)
			writeFile(t, filepath.Join(root, "plot.sh"), linkScript)
			writeFile(t, filepath.Join(root, "x.yaml"), test.experiment)
			before := mustReadTree(t, root)
			l := launch(t, root, append([]string{"run", "x.yaml", "-o", "results/new", "--workspace", "ws"}, test.flags...)...)
			l.exitsWith(t, test.code)
			checkUserFiles(t, root, before)
		})
	}
}

func TestInterruptedRunLeavesUserFilesUnchanged(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			if signal != syscall.SIGINT {
				skipIfShort(t)
			}
			t.Parallel()
			root := makeUserFiles(t)
			writeFile(t, filepath.Join(root, "x.yaml"), everything(""))
			before := mustReadTree(t, root)
			l := launch(t, root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws", "--set", "trials.repeats=1000", "--progress", "trials")
			l.waitForLine(t, "[10/")
			if err := l.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			l.exitsWith(t, exitSignalled+int(signal))
			checkUserFiles(t, root, before)
		})
	}
}

// TestContendersWorkOnCopyOfTree: a contender changes its inputs, which are a copy of the
// tree. Its outcome is right, but the change is detected and its trial fails. The inputs of
// the next trial are made again.
func TestContendersWorkOnCopyOfTree(t *testing.T) {
	for operation, run := range map[string]string{
		"copy": `mv "$1"/* "$2"`,
		"read": `cat "$1"/*.* "$1"/*/*.* >/dev/null; rm -r "$1"/*`,
		"zip":  `cd "$1"; zip -qrm "$2" .`,
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			root := makeUserFiles(t)
			writeFile(t, filepath.Join(root, "x.yaml"), "name: x\nworkload: {from: photos}\n"+
				"grid: {operation: "+operation+", strategy: [sequential, taker]}\ntrials: {repeats: 2, warmup: 0, order: listed}\n"+
				"commands: {taker: {operation: "+operation+", run: [sh, -c, '"+run+"', sh, '{input}', '{output}']}}\n")
			before := mustReadTree(t, root)
			l := launch(t, root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws")
			if l.waitForLine(t, "strategy=taker"); !strings.Contains(l.err.Text(), "taker changed its inputs, which other trials also read") {
				t.Errorf("unexpected error: %s", l.err.Text())
			}
			l.exitsWith(t, exitFailures)
			checkUserFiles(t, root, before)
			log, err := journal.ReadDir(filepath.Join(root, "results", "new"))
			if err != nil {
				t.Fatal(err)
			}
			for _, trial := range log.Trials {
				if spoiled := strings.HasSuffix(trial.Name, "taker"); spoiled == (trial.Status == journal.OK) {
					t.Errorf("%s: %s %s", trial.Name, trial.Status, trial.Error)
				}
			}
		})
	}
}
