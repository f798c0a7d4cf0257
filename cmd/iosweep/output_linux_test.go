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

// dirWithRuns makes a directory with the experiment small and two complete runs of it.
func dirWithRuns(t *testing.T) string {
	t.Helper()
	dir := experimentDir(t, small)
	for _, out := range []string{"base", "new"} {
		launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", out}, goodContender...)...).exitsWith(t, exitGood)
	}
	for _, out := range []string{"sweep", "todo"} {
		launch(t, dir, append([]string{"submit", "x.yaml", "--print", "-o", out}, goodContender...)...).exitsWith(t, exitGood)
	}
	launch(t, dir, "shard", "sweep", "0").exitsWith(t, exitGood)
	launch(t, dir, "bundle", "base", "-o", "base.zip").exitsWith(t, exitGood)
	return dir
}

// printingCommands returns the commands that print to standard output.
func printingCommands() map[string][]string {
	run := append([]string{"run", "x.yaml", "-q"}, goodContender...)
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
		"validate bad":  {"validate", "x.yaml", "published.yaml", "missing.yaml"}, // 2
		"report":        {"report", "base"},
		"export":        {"export", "base", "--format", "json"},
		"plot":          {"plot", "base", "--kind", "time", "--format", "svg"},
		"verify":        {"verify", "base.zip"},
		"doctor":        {"doctor"},
		"list":          {"list"},
		"list one":      {"list", "operations"},
		"init":          {"init"},
		"schema":        {"schema"},
		"version":       {"version"},
		"help":          {"help", "run"},
		"completion":    {"completion", "bash"},
		"submit":        {"submit", "todo", "--print"},
		"status":        {"status", "sweep"},
		"merge":         {"merge", "sweep"},
		"cancel":        {"cancel", "sweep"},
	}
}

// codeIfLost is the exit code of these commands if standard output is closed. For the others
// it is 0.
var codeIfLost = map[string]int{"validate bad": exitUsage, "run bad": exitFailures, "run fail-fast": exitIncomplete, "compare found": exitFound}

// TestPrintingCommandsAreComplete checks that printingCommands contains every command.
func TestPrintingCommandsAreComplete(t *testing.T) {
	var names []string
	for _, args := range printingCommands() {
		names = append(names, args[0])
	}
	for _, cmd := range newRoot(streams{}).Commands() {
		// ab needs a git repository, and prints with the code of run. The results of shard are files. bundle writes each
		// file once, and prints with the code of verify.
		if !cmd.Hidden && !slices.Contains([]string{"ab", "shard", "bundle"}, cmd.Name()) && !slices.Contains(names, cmd.Name()) {
			t.Errorf("printingCommands does not contain %s", cmd.Name())
		}
	}
}

// runWithStdout runs a command with this standard output. It returns the exit code and the
// standard error.
func runWithStdout(t *testing.T, dir, out string, stdout *os.File, args []string) (int, string) {
	t.Helper()
	if args[0] == "run" || args[0] == "reproduce" {
		args = append(slices.Clone(args), "-o", strings.ReplaceAll(out, " ", "-"))
	}
	cmd := exec.Command("iosweep", args...)
	var output strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, stdout, &output
	return exitCodeOf(cmd.Run()), output.String()
}

// TestClosedStandardOutput: a reader that closes standard output does not change the exit
// code and causes no error.
func TestClosedStandardOutput(t *testing.T) {
	dir := dirWithRuns(t)
	writeFile(t, filepath.Join(dir, "published.yaml"), publishedTiny)
	for name, args := range printingCommands() {
		t.Run(name, func(t *testing.T) {
			if name != "run" && name != "report" {
				skipIfShort(t)
			}
			t.Parallel()
			r, w, err := os.Pipe()
			noError(t, err)
			noError(t, r.Close())
			code, output := runWithStdout(t, dir, name, w, args)
			w.Close()
			if code != codeIfLost[name] || strings.Contains(output, "broken pipe") || strings.Contains(output, "cannot be written") {
				t.Errorf("exit code %d, want %d:\n%s", code, codeIfLost[name], output)
			}
		})
	}
}

// TestFullStandardOutput: if the output cannot be written, the exit code reports it. The
// measurements are kept. A complete run does not print how to continue.
func TestFullStandardOutput(t *testing.T) {
	dir := dirWithRuns(t)
	writeFile(t, filepath.Join(dir, "published.yaml"), publishedTiny)
	for name, args := range printingCommands() {
		t.Run(name, func(t *testing.T) {
			if name != "run" && name != "validate" {
				skipIfShort(t)
			}
			t.Parallel()
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			noError(t, err)
			defer full.Close()
			want := max(exitUnwritten, codeIfLost[name])
			code, output := runWithStdout(t, dir, name, full, args)
			if code != want || strings.Count(output, "the output cannot be written: write /dev/stdout: no space left on device") != 1 {
				t.Errorf("exit code %d, want %d:\n%s", code, want, output)
			}
			if strings.Contains(output, "not valid") != (name == "validate bad") {
				t.Errorf("an invalid file is reported:\n%s", output)
			}
			runs := slices.Contains([]string{"run", "reproduce", "report", "resume", "merge"}, args[0])
			if runs != strings.Contains(output, "to print the results again: iosweep report ") {
				t.Errorf("wrong hint for printing the output again: %s", output)
			}
			if want != exitIncomplete && strings.Contains(output, "to continue") {
				t.Errorf("there is nothing to continue:\n%s", output)
			}
		})
	}
}

// publishedTiny is an experiment with a published table.
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

// incompleteRun makes a directory with an incomplete run in out/run. It returns the
// arguments that resume the run.
func incompleteRun(t *testing.T) (dir string, args []string) {
	t.Helper()
	dir = experimentDir(t, strings.Replace(small, "workspace: ws", "workspace: ws\nbudget: 1ns", 1))
	mountTmpfs(t, dir, "out", "size=4m")
	launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", "out/run"}, goodContender...)...).exitsWith(t, exitIncomplete)
	return dir, []string{"resume", "out/run", "--budget", "1h"}
}

// TestResumeOnFailingMachine: if the machine prevents a resume, the run stays incomplete, and
// the exit code does not mean wrong usage.
func TestResumeOnFailingMachine(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string
	}{
		{name: "results full", spoil: func(t *testing.T, dir string) {
			fillUp(t, filepath.Join(dir, "out"))
		}, want: "the results directory out/run (tmpfs) has "},
		{name: "results read-only", spoil: func(t *testing.T, dir string) {
			readOnly(t, filepath.Join(dir, "out"))
		}, want: "read-only file system"},
		{name: "workspace read-only", spoil: func(t *testing.T, dir string) {
			readOnly(t, mountTmpfs(t, dir, "ws", "size=4m"))
		}, want: "ws: read-only file system"},
		{name: "workspace full", spoil: func(t *testing.T, dir string) {
			mountTmpfs(t, dir, "ws", "size=4k")
		}, want: "(tmpfs) has 4.00 KiB free"},
		{name: "workspace gone", spoil: func(t *testing.T, dir string) {
			noError(t, os.Remove(filepath.Join(dir, "ws")))
		}, want: "ws does not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "results read-only" {
				skipIfShort(t)
			}
			dir, args := incompleteRun(t)
			before, err := os.ReadFile(filepath.Join(dir, "out", "run", journal.FileName))
			noError(t, err)
			test.spoil(t, dir)
			output := strings.Join(launch(t, dir, args...).exitsWith(t, exitIncomplete), "\n")
			for _, want := range []string{test.want, "problem: iosweep resume out/run"} {
				if !strings.Contains(output, want) {
					t.Errorf("the output does not contain %q:\n%s", want, output)
				}
			}
			if after, _ := os.ReadFile(filepath.Join(dir, "out", "run", journal.FileName)); string(after) != string(before) {
				t.Error("the journal has changed")
			}
		})
	}
}

// TestResumeWithoutRunIsRefused: a directory without a run is wrong usage.
func TestResumeWithoutRunIsRefused(t *testing.T) {
	dir := experimentDir(t, small)
	writeFile(t, filepath.Join(dir, "empty", "file"), "")
	for _, args := range [][]string{{"resume", "nowhere"}, {"resume", "empty"}, {"resume", "x.yaml"}, {"resume"}, {"resume", "a", "b"}} {
		output := strings.Join(launch(t, dir, args...).exitsWith(t, exitUsage), "\n")
		if strings.Contains(output, "to continue") {
			t.Errorf("%q: %s", args, output)
		}
	}
}

// TestReportOnFullDisk: report prints the tables. The error names the files that cannot be written
// and the reason.
func TestReportOnFullDisk(t *testing.T) {
	skipIfShort(t)
	for name, spoil := range map[string]func(t *testing.T, out string){
		"full":      func(t *testing.T, out string) { fillUp(t, out) },
		"read-only": readOnly,
	} {
		t.Run(name, func(t *testing.T) {
			dir := experimentDir(t, small)
			out := mountTmpfs(t, dir, "out", "size=4m")
			launch(t, dir, append([]string{"run", "x.yaml", "-q", "-o", "out/run"}, goodContender...)...).exitsWith(t, exitGood)
			spoil(t, out)
			cmd := exec.Command("iosweep", "report", "out/run")
			cmd.Dir = dir
			printed, err := cmd.CombinedOutput()
			output := string(printed)
			if code := exitCodeOf(err); code != exitUnwritten || !strings.Contains(output, "\n sequential ") {
				t.Errorf("exit code %d, want %d and the table:\n%s", code, exitUnwritten, output)
			}
			if !strings.Contains(output, "out/run/trials.csv: ") || !strings.Contains(output, "summary.csv, details.csv") || strings.Contains(output, ".part") {
				t.Errorf("the file is not named:\n%s", output)
			}
			launch(t, dir, "export", "out/run").exitsWith(t, exitGood)
			launch(t, dir, "compare", "out/run", "out/run").exitsWith(t, exitGood)
		})
	}
}

// TestInitOnFullDisk: init leaves no incomplete file.
func TestInitOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	disk := mountTmpfs(t, dir, "disk", "size=4k")
	writeFile(t, filepath.Join(disk, "ballast"), strings.Repeat("x", 4096))
	output := strings.Join(launch(t, dir, "init", "disk/x.yaml").exitsWith(t, exitUnwritten), "\n")
	if !strings.Contains(output, "disk/x.yaml: no space left on device; nothing was written") {
		t.Errorf("unexpected output:\n%s", output)
	}
	if _, err := os.Lstat(filepath.Join(disk, "x.yaml")); err == nil {
		t.Error("an incomplete file is left")
	}
}

func readOnly(t *testing.T, at string) {
	t.Helper()
	noError(t, unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
}

// fillUp fills a file system completely.
func fillUp(t *testing.T, at string) {
	t.Helper()
	f, err := os.Create(filepath.Join(at, "ballast"))
	noError(t, err)
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
}
