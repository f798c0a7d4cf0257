package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// small is an experiment that is over at once. Its contender, where it is asked for,
// fails.
const small = `
name: tiny
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [sequential, bad]}
trials: {repeats: 2, warmup: 0}
workspace: ws
commands:
  bad: {operation: copy, run: ["false"]}
  cp: {operation: copy, run: [cp, -r, '{input}/.', '{output}']}
`

// good takes the contender away.
var good = []string{"--set", "grid.strategy=sequential,cp"}

// tried is a directory with the experiment, and two runs of it that are done.
func tried(t *testing.T) string {
	t.Helper()
	dir := place(t, small)
	for _, out := range []string{"base", "new"} {
		launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", out}, good...)...).ends(t, exitGood)
	}
	return dir
}

// printing are the commands that print to standard output, with the code that they
// end with where all is well.
func printing() map[string][]string {
	run := append([]string{"run", "x.yaml", "-q"}, good...)
	return map[string][]string{
		"run":           run,
		"run json":      append(slices.Clone(run), "--format", "json"),
		"run bad":       {"run", "x.yaml", "-q"}, // 1
		"run fail-fast": {"run", "x.yaml", "-q", "--fail-fast", "--set", "trials.order=listed"},
		"resume":        {"resume", "base"},
		"reproduce":     {"reproduce", "published.yaml", "-q"},
		"compare":       {"compare", "base", "new"},
		"compare found": {"compare", "base", "new", "--fail-on", "slower,faster,equivalent,inconclusive"}, // 4
		"plan":          {"plan", "x.yaml"},
		"validate":      {"validate", "x.yaml"},
		"report":        {"report", "base"},
		"export":        {"export", "base", "--format", "json"},
		"doctor":        {"doctor"},
		"list":          {"list"},
		"list one":      {"list", "operations"},
		"init":          {"init"},
		"schema":        {"schema"},
		"version":       {"version"},
		"help":          {"help", "run"},
		"completion":    {"completion", "bash"},
	}
}

// codeWithout is the code of a command whose output is lost, where not the good one.
var codeWithout = map[string]int{"run bad": exitFailures, "run fail-fast": exitIncomplete, "compare found": exitFound}

// TestEveryCommandIsPrinting: one that is added has to be in the tests of what becomes
// of its output.
func TestEveryCommandIsPrinting(t *testing.T) {
	var names []string
	for _, args := range printing() {
		names = append(names, args[0])
	}
	for _, cmd := range newRoot(streams{}).Commands() {
		if !cmd.Hidden && !slices.Contains(names, cmd.Name()) {
			t.Errorf("%s is not tried", cmd.Name())
		}
	}
}

// onto runs a command with a standard output, and returns the code and what was said.
func onto(t *testing.T, dir, out string, stdout *os.File, args []string) (int, string) {
	t.Helper()
	if args[0] == "run" || args[0] == "reproduce" {
		args = append(slices.Clone(args), "-o", strings.ReplaceAll(out, " ", "-"))
	}
	cmd := exec.Command("iosweep", args...)
	var said strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, stdout, &said
	return exitCodeOf(cmd.Run()), said.String()
}

// TestAReaderThatCloses standard output changes no code, and is no error.
func TestAReaderThatCloses(t *testing.T) {
	dir := tried(t)
	writeFile(t, filepath.Join(dir, "published.yaml"), publishedTiny)
	for name, args := range printing() {
		t.Run(name, func(t *testing.T) {
			if name != "run" && name != "report" {
				long(t)
			}
			t.Parallel()
			r, w, err := os.Pipe()
			must0(t, err)
			must0(t, r.Close())
			code, said := onto(t, dir, name, w, args)
			w.Close()
			if code != codeWithout[name] || strings.Contains(said, "broken pipe") || strings.Contains(said, "not complete") {
				t.Errorf("exit code %d, expected %d:\n%s", code, codeWithout[name], said)
			}
		})
	}
}

// TestAnOutputThatIsFull is an error of its own: everything that was measured is kept,
// and nothing is to be gone on with where nothing is left to do.
func TestAnOutputThatIsFull(t *testing.T) {
	dir := tried(t)
	writeFile(t, filepath.Join(dir, "published.yaml"), publishedTiny)
	for name, args := range printing() {
		t.Run(name, func(t *testing.T) {
			if name != "run" && name != "report" {
				long(t)
			}
			t.Parallel()
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			must0(t, err)
			defer full.Close()
			want := max(exitUnwritten, codeWithout[name])
			code, said := onto(t, dir, name, full, args)
			if code != want || strings.Count(said, "/dev/stdout: no space left on device") != 1 {
				t.Errorf("exit code %d, expected %d:\n%s", code, want, said)
			}
			runs := slices.Contains([]string{"run", "reproduce", "report", "resume"}, args[0])
			if runs != strings.Contains(said, "to print the results again: iosweep report ") {
				t.Errorf("how to print it again: %s", said)
			}
			if want != exitIncomplete && strings.Contains(said, "to continue") {
				t.Errorf("there is nothing to go on with:\n%s", said)
			}
		})
	}
}

// publishedTiny has a published table.
const publishedTiny = `
name: tiny
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: sequential}
trials: {repeats: 2, warmup: 0}
workspace: ws
published:
  baseline: one
  rows:
    - {method: one, seconds: [1], cells: [{strategy: sequential}]}
`

// interrupted is a directory with a run that has not come to its end, in out/run.
func interrupted(t *testing.T) (dir string, args []string) {
	t.Helper()
	dir = place(t, strings.Replace(small, "workspace: ws", "workspace: ws\nbudget: 1ns", 1))
	mounted(t, dir, "out", "size=4m")
	launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", "out/run"}, good...)...).ends(t, exitIncomplete)
	return dir, []string{"resume", "out/run", "--budget", "1h"}
}

// TestResumeWhereTheMachineWillNot: what a run stands at is incomplete, and no fault of
// whoever typed the command.
func TestResumeWhereTheMachineWillNot(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		says  string
	}{
		{name: "results full", spoil: func(t *testing.T, dir string) {
			remount(t, filepath.Join(dir, "out"), "size=256k")
		}, says: "the results directory out/run (tmpfs) has "},
		{name: "results read-only", spoil: func(t *testing.T, dir string) {
			readOnly(t, filepath.Join(dir, "out"))
		}, says: "read-only file system"},
		{name: "workspace read-only", spoil: func(t *testing.T, dir string) {
			readOnly(t, mounted(t, dir, "ws", "size=4m"))
		}, says: "ws: read-only file system"},
		{name: "workspace full", spoil: func(t *testing.T, dir string) {
			mounted(t, dir, "ws", "size=4k")
		}, says: "(tmpfs) has 4.00 KiB free"},
		{name: "workspace gone", spoil: func(t *testing.T, dir string) {
			must0(t, os.Remove(filepath.Join(dir, "ws")))
		}, says: "ws does not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "results read-only" {
				long(t)
			}
			dir, args := interrupted(t)
			before, err := os.ReadFile(filepath.Join(dir, "out", "run", journal.FileName))
			must0(t, err)
			test.spoil(t, dir)
			said := strings.Join(launch(t, dir, args...).ends(t, exitIncomplete), "\n")
			for _, want := range []string{test.says, "problem: iosweep resume out/run"} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if after, _ := os.ReadFile(filepath.Join(dir, "out", "run", journal.FileName)); string(after) != string(before) {
				t.Error("the journal has changed")
			}
		})
	}
}

// TestResumeOfWhatIsNoRun stays usage, whatever the machine does.
func TestResumeOfWhatIsNoRun(t *testing.T) {
	dir := place(t, small)
	writeFile(t, filepath.Join(dir, "empty", "file"), "")
	for _, args := range [][]string{{"resume", "nowhere"}, {"resume", "empty"}, {"resume", "x.yaml"}, {"resume"}, {"resume", "a", "b"}} {
		said := strings.Join(launch(t, dir, args...).ends(t, exitUsage), "\n")
		if strings.Contains(said, "to continue") {
			t.Errorf("%q: %s", args, said)
		}
	}
}

// TestReportsOnADiskThatIsFull: an output that cannot be written is named, with the
// reason, and is no usage.
func TestReportsOnADiskThatIsFull(t *testing.T) {
	long(t)
	for name, spoil := range map[string]func(t *testing.T, out string){
		"full":      func(t *testing.T, out string) { fillUp(t, out) },
		"read-only": readOnly,
	} {
		t.Run(name, func(t *testing.T) {
			dir := place(t, small)
			out := mounted(t, dir, "out", "size=4m")
			launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", "out/run"}, good...)...).ends(t, exitGood)
			spoil(t, out)
			said := strings.Join(launch(t, dir, "report", "out/run").ends(t, exitUnwritten), "\n")
			if !strings.Contains(said, "out/run/summary.csv: ") || strings.Contains(said, ".part") {
				t.Errorf("the file is not named:\n%s", said)
			}
			launch(t, dir, "export", "out/run").ends(t, exitGood)
			launch(t, dir, "compare", "out/run", "out/run").ends(t, exitGood)
		})
	}
}

// TestInitOnADiskThatIsFull leaves no half of a file.
func TestInitOnADiskThatIsFull(t *testing.T) {
	dir := t.TempDir()
	disk := mounted(t, dir, "disk", "size=4k")
	writeFile(t, filepath.Join(disk, "ballast"), strings.Repeat("x", 4096))
	said := strings.Join(launch(t, dir, "init", "disk/x.yaml").ends(t, exitUnwritten), "\n")
	if !strings.Contains(said, "disk/x.yaml: no space left on device; nothing was written") {
		t.Errorf("it says:\n%s", said)
	}
	if _, err := os.Lstat(filepath.Join(disk, "x.yaml")); err == nil {
		t.Error("half of a file is left")
	}
}

func remount(t *testing.T, at, options string) {
	t.Helper()
	must0(t, unix.Mount("", at, "", unix.MS_REMOUNT, options))
}

func readOnly(t *testing.T, at string) {
	t.Helper()
	must0(t, unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
}

// fillUp leaves no room on a file system.
func fillUp(t *testing.T, at string) {
	t.Helper()
	f, err := os.Create(filepath.Join(at, "ballast"))
	must0(t, err)
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
}
