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

var update = flag.Bool("update", false, "update the expected output in the scripts")

// TestScripts runs testdata/script/*.txtar. Each script tests one topic. In addition to the
// commands of testscript there are:
//
//	exits CODE PROGRAM ARG...      runs PROGRAM; see the function exits for its checks
//	contains DIR [NAME...]         DIR has these entries and no others
//	column FILE.csv NAME LEVEL...  the sorted levels of a column
//	json FILE|stdout               the text is one JSON value
//	crlf FILE...                   each line gets a carriage return at its end
//	snapshot DIR, unchanged DIR    names, modes and content have not changed since
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE"))
			// For scripts that need a PATH without other programs.
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
			"exits": exits, "contains": contains, "column": columnOf, "json": isJSON, "crlf": convertLineEnds,
			"snapshot": snapshot, "unchanged": isUnchanged,
		},
	})
}

// snapshots is the key of the snapshots of a script, a map[string]tree by directory.
type snapshots struct{}

// must stops a script at an error.
func must(ts *testscript.TestScript, err error) {
	if err != nil {
		ts.Fatalf("%v", err)
	}
}

// exits runs a program and compares its exit code. It also checks that no process of the run
// is left, and that the workspace is removed, unless --keep-workspace is given. After exit
// code 2 it checks that no file was written.
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
		ts.Fatalf("exit code %d, want %d", got, code)
	}
	if left := waitForNone(work); len(left) > 0 {
		ts.Fatalf("processes of the run are left: %v", left)
	}
	after, err := readTree(work)
	must(ts, err)
	if diff := cmp.Diff(before, after); code == exitUsage && diff != "" {
		ts.Fatalf("a refused command changed files (-before +after):\n%s", diff)
	}
	for path := range after {
		if strings.Contains(path, ".iosweep-") && !slices.Contains(args, "--keep-workspace") {
			ts.Fatalf("the workspace is still there: %s", path)
		}
	}
}

// exitCodeOf returns the exit code of a process, or -1.
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

// waitForNone waits until no process has WORK=work in its environment, because a killed
// process needs a moment to end. It returns the processes that are left.
func waitForNone(work string) (left []string) {
	waitFor(testTimeout, func() bool {
		left = processesWith("WORK=" + work)
		return len(left) == 0
	})
	return left
}

// testTimeout is how long a test waits for an event. It is much longer than a busy machine
// needs.
const testTimeout = 2 * time.Minute

// waitFor waits until a condition is true, and reports whether it became true in time.
func waitFor(limit time.Duration, condition func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}

// eventually waits for a condition, and fails the test if it does not become true.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	if !waitFor(testTimeout, condition) {
		t.Fatalf("timeout while waiting: %s", what)
	}
}

// processesWith lists the pid and command line of the processes that have a variable in
// their environment. Children inherit it, whatever process group they move to. Without /proc
// the list is empty.
func processesWith(variable string) (list []string) {
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	for _, path := range environs {
		data, err := os.ReadFile(path)
		if err != nil || !slices.Contains(strings.Split(string(data), "\x00"), variable) {
			continue // the process has ended, or belongs to another user
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		list = append(list, filepath.Base(filepath.Dir(path))+": "+strings.ReplaceAll(string(line), "\x00", " "))
	}
	return list
}

func contains(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: contains DIR [NAME...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	must(ts, err)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	expected := slices.Sorted(slices.Values(args[1:]))
	if diff := cmp.Diff(expected, names); diff != "" && len(expected)+len(names) > 0 {
		ts.Fatalf("%s (-want +got):\n%s", args[0], diff)
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
		ts.Fatalf("column %s of %s (-want +got):\n%s", args[1], args[0], diff)
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

func convertLineEnds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: crlf FILE...")
	}
	for _, name := range args {
		must(ts, os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(ts.ReadFile(name), "\n", "\r\n")), 0o644))
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
		ts.Fatalf("there is no snapshot of %s", args[0])
	}
	now, err := readTree(ts.MkAbs(args[0]))
	must(ts, err)
	if diff := cmp.Diff(before, now); diff != "" {
		ts.Fatalf("%s has changed (-before +after):\n%s", args[0], diff)
	}
}
