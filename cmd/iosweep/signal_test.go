//go:build unix

package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	signals "os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"iosweep/journal"
)

// endless is an experiment that ends only by a signal. Its contender and the strategy
// processes start child processes.
const endless = `
name: endless
workload: {files: 40, lines: 20}
grid:
  - {operation: copy, strategy: [sequential, slow]}
  - {operation: copy, strategy: processes, workers: 2}
trials: {repeats: 10000, warmup: 0}
workspace: ws
commands:
  slow: {operation: copy, run: [sh, -c, 'sleep 0.1 & wait; cp -r "$1/." "$2"', sh, '{input}', '{output}']}
`

// A liveRun is a running iosweep process in a directory of the test.
type liveRun struct {
	dir  string
	cmd  *exec.Cmd
	pipe io.ReadCloser  // standard error
	err  *bufio.Scanner // reads pipe line by line
}

// startRun starts a run of an experiment in a new directory.
func startRun(t *testing.T, experiment string, args ...string) *liveRun {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), experiment)
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	return launch(t, dir, append([]string{"run", "x.yaml", "--progress", "trials", "-o", "out"}, args...)...)
}

// launch starts the program in a directory. The directory is in the environment of all its
// processes, which identifies them.
func launch(t *testing.T, dir string, args ...string) *liveRun {
	t.Helper()
	return launchProgram(t, "iosweep", dir, args...)
}

// launchProgram is like launch, for another program.
func launchProgram(t *testing.T, program, dir string, args ...string) *liveRun {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return &liveRun{dir, cmd, stderr, bufio.NewScanner(stderr)}
}

// waitForLine reads standard error until a line contains the text, and returns the line.
func (l *liveRun) waitForLine(t *testing.T, text string) string {
	t.Helper()
	for l.err.Scan() {
		if strings.Contains(l.err.Text(), text) {
			return l.err.Text()
		}
	}
	t.Fatalf("the run ended without printing %q", text)
	return ""
}

// exitsWith waits for the end of the run, checks its exit code, and returns the remaining
// lines of standard error.
func (l *liveRun) exitsWith(t *testing.T, code int) (last []string) {
	t.Helper()
	for l.err.Scan() {
		last = append(last, l.err.Text())
	}
	if got := exitCodeOf(l.cmd.Wait()); got != code {
		t.Fatalf("exit code %d, want %d; output:\n%s", got, code, strings.Join(last, "\n"))
	}
	return last
}

// journal reads the journal of the run and checks that its last line is complete.
func (l *liveRun) journal(t *testing.T) *journal.Log {
	t.Helper()
	log, err := journal.ReadDir(filepath.Join(l.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if log.Torn > 0 {
		t.Errorf("the journal is torn by %d bytes", log.Torn)
	}
	return log
}

// checkCleanedUp checks that no process and no run directory is left.
func (l *liveRun) checkCleanedUp(t *testing.T) {
	t.Helper()
	if left := waitForNone(l.dir); len(left) > 0 {
		t.Errorf("processes of the run are left: %v", left)
	}
	checkEmpty(t, filepath.Join(l.dir, "ws"))
}

// TestInterruptedSurvey: a signal during the survey ends the program with a message, and
// nothing is written.
func TestInterruptedSurvey(t *testing.T) {
	const large = `
name: large
workload: {files: 10000000, lines: 1}
grid: {operation: write, strategy: sequential}
workspace: ws
`
	for _, command := range []string{"run", "plan"} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "x.yaml"), large)
		writeFile(t, filepath.Join(dir, "ws", "file"), "")
		l := launch(t, dir, command, "x.yaml")
		l.waitForLine(t, "surveying")
		if err := l.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		want := "iosweep: interrupted before the first trial\nnothing was measured or written"
		if got := strings.Join(l.exitsWith(t, 130), "\n"); got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
		if _, err := os.Stat(filepath.Join(dir, "results")); err == nil {
			t.Errorf("%s: the results directory exists", command)
		}
	}
}

// TestSignals: at a signal the current trial is abandoned, and the completed trials are kept.
// No process and no run directory is left.
func TestSignals(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			if signal != syscall.SIGINT {
				skipIfShort(t)
			}
			t.Parallel()
			if signals.Ignored(signal) {
				t.Skip("the tests were started by nohup, so the run ignores the signal")
			}
			l := startRun(t, endless)
			l.waitForLine(t, "[7/30000]")
			if err := l.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			last := l.exitsWith(t, 128+int(signal))
			if text := strings.Join(last, "\n"); strings.Contains(text, "goroutine ") || !strings.Contains(text, "interrupted: ") || !strings.Contains(text, "the completed trials are kept") {
				t.Errorf("unexpected output:\n%s", text)
			}
			l.checkCleanedUp(t)
			log := l.journal(t)
			if n := len(log.Trials); n < 7 {
				t.Errorf("%d trials in the journal, at least 7 were reported", n)
			}
			for _, trial := range log.Trials {
				if trial.Status != journal.OK {
					t.Errorf("trial %d: %s: %s; an abandoned trial must not be recorded", trial.Trial, trial.Status, trial.Error)
				}
			}
			if n := len(log.Notes); n == 0 || log.Notes[n-1].Kind != journal.NoteInterrupted {
				t.Errorf("notes: %+v", log.Notes)
			}
			if rows := readCSV(t, filepath.Join(l.dir, "out", "trials.csv")); len(rows)-1 != len(log.Trials) {
				t.Errorf("trials.csv has %d rows for %d trials", len(rows)-1, len(log.Trials))
			}
			for i, row := range readCSV(t, filepath.Join(l.dir, "out", "summary.csv")) {
				if i > 0 && !strings.Contains(strings.Join(row, ","), ",incomplete,") {
					t.Errorf("summary.csv: %v is not incomplete", row)
				}
			}
		})
	}
}

// TestSignalBeforeTheFirstTrial: a run without a trial leaves no files.
func TestSignalBeforeTheFirstTrial(t *testing.T) {
	t.Parallel()
	l := startRun(t, endless, "--set", "workload.files=1000000", "--set", "workload.lines=100")
	l.waitForLine(t, "surveying")
	if err := l.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	l.exitsWith(t, 130)
	l.checkCleanedUp(t)
}

// TestReportOfRunInUse reports on a run while it continues. The run is not disturbed.
func TestReportOfRunInUse(t *testing.T) {
	t.Parallel()
	l := startRun(t, endless)
	l.waitForLine(t, "[7/30000]")
	for _, args := range [][]string{{"report", "out"}, {"report", "out", "--rows", "all"}, {"report", "out", "--check"}} {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = l.dir
		output, err := cmd.CombinedOutput()
		found := strings.Contains(string(output), fmt.Sprintf("note: the run continues: it is in use by process %d on ", l.cmd.Process.Pid))
		if code := exitCodeOf(err); !found || code != exitGood && args[len(args)-1] != "--check" || strings.Contains(string(output), "to continue") {
			t.Errorf("%q: exit code %d:\n%s", args, code, output)
		}
	}
	l.waitForLine(t, "/30000]")
	if err := l.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	l.exitsWith(t, 130)
	l.checkCleanedUp(t)
}

// TestClosedStandardError: in `iosweep run x 2>&1 | head -n 3` the run continues when head ends.
func TestClosedStandardError(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	l := startRun(t, endless, "--set", "trials.repeats=8", "--set", "grid.workers=1")
	l.waitForLine(t, "[3/")
	if err := l.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if got := exitCodeOf(l.cmd.Wait()); got != exitGood {
		t.Errorf("exit code %d", got)
	}
	l.checkCleanedUp(t)
	if log := l.journal(t); len(log.Trials) != 8*len(log.Run.Cells) {
		t.Errorf("%d trials of %d", len(log.Trials), 8*len(log.Run.Cells))
	}
}

// TestRunKilled: after SIGKILL the run directory remains. The completed trials are kept, and
// reports can be made from them.
func TestRunKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	l := startRun(t, endless)
	l.waitForLine(t, "[7/")
	if err := l.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.exitsWith(t, -1)
	if left := waitForNone(l.dir); len(left) > 0 {
		t.Errorf("processes of the run are left: %v", left)
	}
	out := filepath.Join(l.dir, "out")
	log, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Trials) < 7 {
		t.Errorf("%d trials in the journal, at least 7 were reported", len(log.Trials))
	}
	wantExit(t, exitGood, "report", out)
	if rows := readCSV(t, filepath.Join(out, "trials.csv")); len(rows)-1 != len(log.Trials) {
		t.Errorf("trials.csv has %d rows for %d trials", len(rows)-1, len(log.Trials))
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
