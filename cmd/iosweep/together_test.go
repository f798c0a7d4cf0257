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

var saysWho = regexp.MustCompile(`process \d+ on \S+`)

// A starter is one of several processes that want the same directory.
type starter struct {
	code int
	said string
}

// together starts a command so many times at once. All but one are refused, whatever
// the order in which they come, and are told by whom; then the one that has the
// directory is interrupted, once it has measured something.
func together(t *testing.T, n int, dir string, args ...string) {
	t.Helper()
	before := trialsIn(dir)
	commands := make([]*exec.Cmd, n)
	ended := make(chan starter, n)
	for i := range commands {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "WORK="+dir)
		var said bytes.Buffer
		cmd.Stderr = &said
		must0(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		commands[i] = cmd
		go func() {
			code := exitCodeOf(cmd.Wait())
			ended <- starter{code, said.String()}
		}()
	}
	for range n - 1 {
		refused := <-ended
		if refused.code != exitUsage {
			t.Fatalf("exit code %d of one that came second:\n%s", refused.code, refused.said)
		}
		if !saysWho.MatchString(refused.said) && !strings.Contains(refused.said, "holds another run") {
			t.Errorf("who was refused is not told by whom:\n%s", refused.said)
		}
	}
	eventually(t, "a trial", func() bool { return trialsIn(dir) > before })
	for _, cmd := range commands {
		_ = cmd.Process.Signal(os.Interrupt) // which has ended but for one
	}
	if last := <-ended; last.code != 130 {
		t.Errorf("exit code %d of the one that had the directory:\n%s", last.code, last.said)
	}
}

// trialsIn is how many trials the run in dir/out has recorded by now.
func trialsIn(dir string) int {
	log, err := journal.ReadDir(filepath.Join(dir, "out"))
	if err != nil {
		return 0
	}
	return len(log.Trials)
}

// TestOneOfManyStartsWins: whoever comes second changes nothing.
func TestOneOfManyStartsWins(t *testing.T) {
	many := 50
	if testing.Short() {
		many = 5
	}
	dir := place(t, "name: x\nworkload: {files: 10, lines: 5}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n"+
		"trials: {repeats: 100000, warmup: 0}\nworkspace: ws\n")
	together(t, many, dir, "run", "x.yaml", "-o", "out")
	empty(t, filepath.Join(dir, "ws"))
	out := filepath.Join(dir, "out")
	before, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	together(t, many, dir, "resume", "out")
	empty(t, filepath.Join(dir, "ws"))
	after, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, trial := range after.Trials {
		name := fmt.Sprint(trial.Name, trial.Phase, trial.Round)
		if seen[name] || trial.Trial != i+1 {
			t.Errorf("record %d is %d: %s", i+1, trial.Trial, name)
		}
		seen[name] = true
	}
	if len(after.Trials) < len(before.Trials) {
		t.Errorf("%d trials, before %d", len(after.Trials), len(before.Trials))
	}
}

// TestAKilledHolderIsSucceeded: a lock of the kernel ends with its process.
func TestAKilledHolderIsSucceeded(t *testing.T) {
	t.Parallel()
	l := start(t, endless)
	l.await(t, "[3/")
	refused := launch(t, l.dir, "resume", "out").ends(t, exitUsage)
	if text := strings.Join(refused, "\n"); !strings.Contains(text, fmt.Sprintf("process %d on ", l.cmd.Process.Pid)) {
		t.Errorf("while it runs:\n%s", text)
	}
	if err := l.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.ends(t, -1)
	launch(t, l.dir, "resume", "out", "--budget", "200ms").ends(t, exitIncomplete)
	l.leavesNothing(t)
}
