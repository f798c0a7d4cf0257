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
	"sync"
	"testing"

	"iosweep/journal"
)

var saysWho = regexp.MustCompile(`process \d+ on \S+`)

// together starts a command so many times at once and returns what each said, by
// exit code.
func together(t *testing.T, n int, dir string, args ...string) map[int][]string {
	t.Helper()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		said = map[int][]string{}
	)
	for range n {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "WORK="+dir)
		var err bytes.Buffer
		cmd.Stderr = &err
		wg.Go(func() {
			code := exitCodeOf(cmd.Run())
			mu.Lock()
			defer mu.Unlock()
			said[code] = append(said[code], err.String())
		})
	}
	wg.Wait()
	return said
}

// oneWins checks that one of so many had the directory, and that all others were
// told who has it.
func oneWins(t *testing.T, n int, said map[int][]string, code int) {
	t.Helper()
	if len(said[code]) != 1 || len(said[exitUsage]) != n-1 {
		t.Fatalf("of %d, %d had the directory and %d were refused: %v", n, len(said[code]), len(said[exitUsage]), said)
	}
	for _, text := range said[exitUsage] {
		if !saysWho.MatchString(text) && !strings.Contains(text, "holds another run") {
			t.Errorf("who was refused is not told by whom:\n%s", text)
		}
	}
}

// TestOneOfFiftyStartsWins: whoever comes second changes nothing.
func TestOneOfFiftyStartsWins(t *testing.T) {
	const many = 50
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 10, lines: 5}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n"+
		"trials: {repeats: 100000, warmup: 0}\nworkspace: ws\n")
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	oneWins(t, many, together(t, many, dir, "run", "x.yaml", "-o", "out", "--budget", "10s"), exitIncomplete)
	empty(t, filepath.Join(dir, "ws"))
	out := filepath.Join(dir, "out")
	before, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	oneWins(t, many, together(t, many, dir, "resume", "out", "--budget", "10s"), exitIncomplete)
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
	s := together(t, 1, l.dir, "resume", "out")
	if text := strings.Join(s[exitUsage], ""); !strings.Contains(text, fmt.Sprintf("process %d on ", l.cmd.Process.Pid)) {
		t.Errorf("while it runs: %v", s)
	}
	if err := l.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.ends(t, -1)
	if s := together(t, 1, l.dir, "resume", "out", "--budget", "200ms"); len(s[exitIncomplete]) != 1 {
		t.Errorf("once it is dead: %v", s)
	}
	l.leavesNothing(t)
}
