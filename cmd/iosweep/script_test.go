package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what cmp expects anew into the scripts")

// TestScripts runs testdata/script/*.txtar, one idea each. Beside the commands
// of testscript they have:
//
//	exits CODE PROGRAM ARG...      runs it; see exits for what it checks besides
//	holds DIR [NAME...]            DIR holds these entries and no others
//	column FILE.csv NAME LEVEL...  the levels of a column, from top to bottom, sorted
//	json FILE|stdout               it is one JSON value and nothing else
//	snapshot DIR, unchanged DIR    names, modes and content are as they were
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE"))
			// For scripts that do without all other programs.
			alone, _, _ := strings.Cut(env.Getenv("PATH"), string(os.PathListSeparator))
			env.Setenv("IOSWEEP_ALONE", alone)
			env.Values[snapshots{}] = map[string]tree{}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "holds": holds, "column": columnOf, "json": isJSON,
			"snapshot": snapshot, "unchanged": isUnchanged,
		},
	})
}

// snapshots is the key of a script's map[string]tree, by directory.
type snapshots struct{}

// must stops a script at an error.
func must(ts *testscript.TestScript, err error) {
	if err != nil {
		ts.Fatalf("%v", err)
	}
}

// exits runs a program and compares its exit code. Whatever the code is, two
// rules hold: no process outlives the run, and the workspace is gone unless it
// was asked for. After exit code 2 nothing at all may have been written.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	code, err := strconv.Atoi(args[0])
	must(ts, err)
	work := ts.Getenv("WORK")
	before, err := readTree(work)
	must(ts, err)
	got := exitCodeOf(ts.Exec(args[1], args[2:]...))
	if got != code {
		ts.Fatalf("exit code %d, expected %d", got, code)
	}
	if left := waitForNone(work); len(left) > 0 {
		ts.Fatalf("processes of the run are left: %v", left)
	}
	after, err := readTree(work)
	must(ts, err)
	if diff := cmp.Diff(before, after); code == exitUsage && diff != "" {
		ts.Fatalf("what was refused has left traces (-before +after):\n%s", diff)
	}
	for path := range after {
		if strings.Contains(path, ".iosweep-") && !slices.Contains(args, "--keep-workspace") {
			ts.Fatalf("the workspace is still there: %s", path)
		}
	}
}

// exitCodeOf is the code that a process ended with, or -1.
func exitCodeOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// waitForNone returns the processes that still have WORK=work in their
// environment. Who was killed needs a moment to be gone.
func waitForNone(work string) (left []string) {
	within(patience, func() bool {
		left = processesWith("WORK=" + work)
		return len(left) == 0
	})
	return left
}

// patience is how long a test waits for what has to happen: much longer than any
// machine needs for it, however busy it is.
const patience = 2 * time.Minute

// within waits until something is true, and reports whether it became so in time.
func within(limit time.Duration, is func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if is() {
			return true
		}
	}
	return is()
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	if !within(patience, is) {
		t.Fatalf("waited in vain: %s", what)
	}
}

// processesWith lists the command lines of the processes that have a variable
// in their environment, which children inherit whatever group they move to. Where
// there is no /proc it finds none.
func processesWith(variable string) (list []string) {
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	for _, path := range environs {
		data, err := os.ReadFile(path)
		if err != nil || !slices.Contains(strings.Split(string(data), "\x00"), variable) {
			continue // it has ended, or is somebody else's
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		list = append(list, filepath.Base(filepath.Dir(path))+": "+strings.ReplaceAll(string(line), "\x00", " "))
	}
	return list
}

func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds DIR [NAME...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	must(ts, err)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	expected := slices.Sorted(slices.Values(args[1:]))
	if diff := cmp.Diff(expected, names); diff != "" && len(expected)+len(names) > 0 {
		ts.Fatalf("%s (-expected +found):\n%s", args[0], diff)
	}
}

func columnOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: column FILE.csv NAME LEVEL...")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	must(ts, err)
	at := slices.Index(rows[0], args[1])
	if at < 0 {
		ts.Fatalf("%s has no column %s: %v", args[0], args[1], rows[0])
	}
	var found []string
	for _, row := range rows[1:] {
		found = append(found, row[at])
	}
	slices.Sort(found)
	if diff := cmp.Diff(slices.Sorted(slices.Values(args[2:])), found); diff != "" {
		ts.Fatalf("column %s of %s (-expected +found):\n%s", args[1], args[0], diff)
	}
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: json FILE|stdout")
	}
	var value json.RawMessage
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &value); err != nil {
		ts.Fatalf("%s is not JSON: %v", args[0], err)
	}
}

func snapshot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: snapshot DIR")
	}
	now, err := readTree(ts.MkAbs(args[0]))
	must(ts, err)
	ts.Value(snapshots{}).(map[string]tree)[args[0]] = now
}

func isUnchanged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: unchanged DIR")
	}
	before, ok := ts.Value(snapshots{}).(map[string]tree)[args[0]]
	if !ok {
		ts.Fatalf("no snapshot of %s was made", args[0])
	}
	now, err := readTree(ts.MkAbs(args[0]))
	must(ts, err)
	if diff := cmp.Diff(before, now); diff != "" {
		ts.Fatalf("%s has changed (-before +after):\n%s", args[0], diff)
	}
}
