//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"iosweep/journal"
)

var processName = regexp.MustCompile(`process \d+ on \S+`)

// A processResult is the result of one of several processes that use the same directory.
type processResult struct {
	code   int
	stderr string
}

// startTogether starts n processes of a command at the same time. All except one must be
// refused, with the process that has the directory in the error. After its first trial, that
// process is interrupted.
func startTogether(t *testing.T, n int, dir string, args ...string) {
	t.Helper()
	before := trialsIn(dir)
	commands := make([]*exec.Cmd, n)
	ended := make(chan processResult, n)
	for i := range commands {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "WORK="+dir)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		noError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		commands[i] = cmd
		go func() {
			code := exitCodeOf(cmd.Wait())
			ended <- processResult{code, stderr.String()}
		}()
	}
	for range n - 1 {
		refused := <-ended
		if refused.code != exitUsage {
			t.Fatalf("exit code %d of a refused process:\n%s", refused.code, refused.stderr)
		}
		if !processName.MatchString(refused.stderr) && !strings.Contains(refused.stderr, "contains another run") {
			t.Errorf("the error does not name the other process:\n%s", refused.stderr)
		}
	}
	eventually(t, "a trial", func() bool { return trialsIn(dir) > before })
	for _, cmd := range commands {
		_ = cmd.Process.Signal(os.Interrupt) // only one process is still running
	}
	if last := <-ended; last.code != 130 {
		t.Errorf("exit code %d of the process that had the directory:\n%s", last.code, last.stderr)
	}
}

// trialsIn returns the number of recorded trials of the run in dir/out.
func trialsIn(dir string) int {
	log, err := journal.ReadDir(filepath.Join(dir, "out"))
	if err != nil {
		return 0
	}
	return len(log.Trials)
}

// TestOnlyOneOfManyProcessesRuns: the refused processes must change nothing.
func TestOnlyOneOfManyProcessesRuns(t *testing.T) {
	many := 50
	if testing.Short() {
		many = 5
	}
	dir := experimentDir(t, "name: x\nworkload: {files: 10, lines: 5}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n"+
		"trials: {repeats: 100000, warmup: 0}\nworkspace: ws\n")
	startTogether(t, many, dir, "run", "x.yaml", "-o", "out")
	checkEmpty(t, filepath.Join(dir, "ws"))
	out := filepath.Join(dir, "out")
	before, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	startTogether(t, many, dir, "resume", "out")
	checkEmpty(t, filepath.Join(dir, "ws"))
	after, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, trial := range after.Trials {
		name := fmt.Sprint(trial.Name, trial.Phase, trial.Round)
		if seen[name] || trial.Trial != i+1 {
			t.Errorf("record %d has number %d: %s", i+1, trial.Trial, name)
		}
		seen[name] = true
	}
	if len(after.Trials) < len(before.Trials) {
		t.Errorf("%d trials, before %d", len(after.Trials), len(before.Trials))
	}
}

// TestResumeAfterLockHolderIsKilled: the kernel releases a lock when its process ends.
func TestResumeAfterLockHolderIsKilled(t *testing.T) {
	t.Parallel()
	l := startRun(t, endless)
	l.waitForLine(t, "[3/")
	refused := launch(t, l.dir, "resume", "out").exitsWith(t, exitUsage)
	if text := strings.Join(refused, "\n"); !strings.Contains(text, fmt.Sprintf("process %d on ", l.cmd.Process.Pid)) {
		t.Errorf("while it runs:\n%s", text)
	}
	if err := l.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.exitsWith(t, -1)
	launch(t, l.dir, "resume", "out", "--budget", "200ms").exitsWith(t, exitIncomplete)
	l.checkCleanedUp(t)
}
