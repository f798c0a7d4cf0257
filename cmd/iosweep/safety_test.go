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

// Benchmark tools have deleted people's data. Here somebody's files stand
// wherever a run works: above the workspace, beside the run's own directory,
// under names like its own, behind links that lead out, and beside the results.
// Whatever happens to the run, they are as they were.

// somebodys makes such a place and returns its root: the workspace is root/ws,
// also called root/link, and the results go below root/results.
func somebodys(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{
		"thesis.txt", "photos/a.jpg", "photos/album/b.jpg",
		"ws/thesis.txt", "ws/trials/000001/output/precious", "ws/inputs/1/precious", "ws/data-0000.csv",
		"ws/.iosweep-20200101-000000-00000000/not-ours", // no marker
		"results/notes.txt", "results/older/trials.jsonl", "results/older/plots/time.png",
	} {
		writeFile(t, filepath.Join(root, name), "precious: "+name)
	}
	// What another run, still at work, has as its workspace.
	writeFile(t, filepath.Join(root, "ws/.iosweep-20200202-000000-00000000/.iosweep-workspace"), "20200202-000000-00000000\n")
	for name, target := range map[string]string{"ws/out-of-here": "../photos", "ws/up": "..", "link": "ws", "results/photos": "../photos"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// untouched fails the test if anything of somebody's has changed, or anything
// has appeared outside the run's results.
func untouched(t *testing.T, root string, before tree) {
	t.Helper()
	now := mustReadTree(t, root)
	for path := range now {
		if path == "results/new" || strings.HasPrefix(path, "results/new/") {
			delete(now, path)
		}
	}
	if diff := cmp.Diff(before, now); diff != "" {
		t.Errorf("somebody's files (-before +after):\n%s", diff)
	}
}

// everything is an experiment with all operations. Its contenders, where it has
// them, do their worst in the directory that they are given.
func everything(commands string) string {
	var names []string
	for _, op := range operations.All {
		names = append(names, op.Info().Name)
	}
	return "name: everything\nworkload: {files: 6, lines: 2}\ntrials: {repeats: 1, warmup: 0}\nbaseline: {strategy: sequential}\ngrid:\n" +
		"  - {operation: [" + strings.Join(names, ", ") + "], strategy: [sequential, threads, processes], workers: 2}\n" + commands
}

// plotters leave links to somebody's files where the run cleans up after them,
// and then fail.
const plotters = `  - {operation: copy, strategy: links-copy}
  - {operation: delete, strategy: links-delete}
  - {operation: move, strategy: links-move}
commands:
  links-copy: {operation: copy, run: [sh, '{here}/plot.sh', '{output}']}
  links-delete: {operation: delete, run: [sh, '{here}/plot.sh', '{input}']}
  links-move: {operation: move, run: [sh, '{here}/plot.sh', '{output}']}
`

const plotScript = `
here=$(dirname "$0")
ln -s "$here/photos" "$1/photos"
ln -s "$here" "$1/above"
mkdir "$1/dir"
ln -s "$here/thesis.txt" "$1/dir/thesis.txt"
exit 1
`

func TestNothingOfSomebodysIsTouched(t *testing.T) {
	tests := []struct {
		name       string
		experiment string
		code       int
		flags      []string
	}{
		{"all good", everything(""), exitGood, nil},
		{"through a link", everything(""), exitGood, []string{"--workspace", "link"}},
		{"failing", everything(plotters), exitFailures, nil},
		{"stopped at a failure", everything(""), exitIncomplete, []string{"--fail-fast", "--set", "trials.timeout=1ns"}},
		{"no budget", everything(""), exitIncomplete, []string{"--budget", "1ns"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "failing" {
				long(t)
			}
			t.Parallel()
			root := somebodys(t)
			writeFile(t, filepath.Join(root, "plot.sh"), plotScript)
			writeFile(t, filepath.Join(root, "x.yaml"), test.experiment)
			before := mustReadTree(t, root)
			l := launch(t, root, append([]string{"run", "x.yaml", "-o", "results/new", "--workspace", "ws"}, test.flags...)...)
			l.ends(t, test.code)
			untouched(t, root, before)
		})
	}
}

func TestNothingOfSomebodysIsTouchedByAnInterruptedRun(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			if signal != syscall.SIGINT {
				long(t)
			}
			t.Parallel()
			root := somebodys(t)
			writeFile(t, filepath.Join(root, "x.yaml"), everything(""))
			before := mustReadTree(t, root)
			l := launch(t, root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws", "--set", "trials.repeats=1000")
			l.await(t, "[10/")
			if err := l.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			l.ends(t, exitSignalled+int(signal))
			untouched(t, root, before)
		})
	}
}

// TestContendersGetACopyOfATree: were they given the tree itself, it would go
// with the trial's directory. Their outcome is right; that they changed their
// inputs is found out, and the trial after them finds the inputs made anew.
func TestContendersGetACopyOfATree(t *testing.T) {
	for operation, run := range map[string]string{
		"copy": `mv "$1"/* "$2"`,
		"read": `cat "$1"/*.* "$1"/*/*.* >/dev/null; rm -r "$1"/*`,
		"zip":  `cd "$1"; zip -qrm "$2" .`,
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			root := somebodys(t)
			writeFile(t, filepath.Join(root, "x.yaml"), "name: x\nworkload: {from: photos}\n"+
				"grid: {operation: "+operation+", strategy: [sequential, taker]}\ntrials: {repeats: 2, warmup: 0, order: listed}\n"+
				"commands: {taker: {operation: "+operation+", run: [sh, -c, '"+run+"', sh, '{input}', '{output}']}}\n")
			before := mustReadTree(t, root)
			l := launch(t, root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws")
			if l.await(t, "strategy=taker"); !strings.Contains(l.err.Text(), "taker changed its inputs, which other trials read too") {
				t.Errorf("it says only: %s", l.err.Text())
			}
			l.ends(t, exitFailures)
			untouched(t, root, before)
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
