package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// copyOf is an experiment that copies a tree with the given strategies.
func copyOf(tree, strategies string) string {
	return "name: x\nworkload: {from: " + tree + "}\ngrid: {operation: copy, strategy: " + strategies + "}\n" +
		"trials: {repeats: 1, warmup: 0}\nworkspace: ws\n" +
		"commands: {cp: {operation: copy, run: [cp, -R, '{input}/.', '{output}']}}\n"
}

// TestLeftOutEntriesAreReported: links and pipes of a tree are not items. The plan, the run and its
// reports count them.
func TestLeftOutEntriesAreReported(t *testing.T) {
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	for i := range 3 {
		writeFile(t, filepath.Join(tree, fmt.Sprintf("%d.txt", i)), "twelve bytes")
		if err := os.Symlink("0.txt", filepath.Join(tree, fmt.Sprintf("link-%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(tree, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	file := writeFile(t, filepath.Join(dir, "x.yaml"), copyOf("tree", "[sequential, cp]"))
	ws, out := t.TempDir(), filepath.Join(dir, "out")
	const contents = "3 files, 36 B (left out: 3 links, 1 pipe)"
	line := "tree " + tree + ": " + contents + "\n"
	if plan := wantExit(t, exitGood, "plan", file, "--workspace", ws); !strings.Contains(plan.out, line) {
		t.Errorf("the plan does not contain %q:\n%s", line, plan.out)
	}
	run := wantExit(t, exitGood, "run", file, "--workspace", ws, "-o", out)
	if !strings.Contains(run.err, line) {
		t.Errorf("the log of the run does not contain %q:\n%s", line, run.err)
	}
	const note = "3 files, 36 B from tree (left out: 3 links, 1 pipe)"
	again := wantExit(t, exitGood, "report", out)
	report, err := os.ReadFile(filepath.Join(out, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"run": run.out, "report": again.out, "report.md": string(report)} {
		if !strings.Contains(text, note) {
			t.Errorf("%s does not contain %q:\n%s", what, note, text)
		}
	}
}

// ordinaryUser starts the program in a directory as a user without privileges, and returns its
// output. Root may read everything.
func ordinaryUser(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("iosweep")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	if os.Geteuid() == 0 {
		skipWithoutRoot(t, filepath.Dir(program)) // makes it accessible
		skipWithoutRoot(t, dir)
		cmd = asUser(cmd, owner)
	}
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if got := exitCodeOf(err); got != code {
		t.Fatalf("iosweep %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, code, output)
	}
	return string(output)
}

// TestUnreadableFilesAreNamed: the plan names ten of the files and directories that the user may not
// read, and counts all. With unreadable: skip they are left out and counted.
func TestUnreadableFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	writeFile(t, filepath.Join(tree, "open.txt"), "twelve bytes")
	writeFile(t, filepath.Join(tree, "sub", "too.txt"), "too")
	for i := range 10 {
		writeFile(t, filepath.Join(tree, fmt.Sprintf("private-%d.txt", i)), "mine")
	}
	writeFile(t, filepath.Join(tree, "unlisted", "a"), "mine")
	writeFile(t, filepath.Join(tree, "unsearchable", "b"), "mine")
	for name, mode := range map[string]os.FileMode{"unlisted": 0o311, "unsearchable": 0o644, "sub/too.txt": 0o200} {
		if err := os.Chmod(filepath.Join(tree, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		if err := os.Chmod(filepath.Join(tree, fmt.Sprintf("private-%d.txt", i)), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // so that the directory can be removed
		_ = os.Chmod(filepath.Join(tree, "unlisted"), 0o755)
		_ = os.Chmod(filepath.Join(tree, "unsearchable"), 0o755)
	})
	writeFile(t, filepath.Join(dir, "x.yaml"), copyOf("tree", "[sequential, threads, cp]"))
	ws := filepath.Join(dir, "ws")
	if err := os.Mkdir(ws, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		for _, path := range []string{dir, ws} {
			if err := os.Chown(path, owner, owner); err != nil {
				t.Fatal(err)
			}
		}
	}
	refused := []string{
		`x.yaml:2:12: from "tree": 13 files and directories of the tree cannot be read:`, "\n  private-0.txt: permission denied\n", "\n  private-9.txt: permission denied\n  and 3 more\n",
		"\nmake them readable, or leave them out: --set workload.unreadable=skip",
	}
	for _, args := range [][]string{{"plan", "x.yaml"}, {"run", "x.yaml", "-o", "out"}} {
		output := ordinaryUser(t, dir, exitUsage, args...)
		for _, want := range refused {
			if !strings.Contains(output, want) {
				t.Errorf("%q does not print %q:\n%s", args, want, output)
			}
		}
	}
	if output := unreadableTree(t, dir, tree); !strings.Contains(output, `x.yaml:2:12: from "tree": the tree cannot be read: `) {
		t.Errorf("unexpected output:\n%s", output)
	}
	const contents = " (left out: 2 unreadable directories, 11 unreadable files)"
	for _, args := range [][]string{
		{"plan", "x.yaml", "--set", "workload.unreadable=skip"},
		{"run", "x.yaml", "--set", "workload.unreadable=skip", "-o", "out"},
		{"report", "out"},
	} {
		if output := ordinaryUser(t, dir, exitGood, args...); !strings.Contains(output, contents) {
			t.Errorf("%q does not print %q:\n%s", args, contents, output)
		}
	}
	checkEmpty(t, ws)
}

// unreadableTree plans while the tree itself cannot be listed.
func unreadableTree(t *testing.T, dir, tree string) string {
	t.Helper()
	if err := os.Chmod(tree, 0o311); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(tree, 0o755)
	return ordinaryUser(t, dir, exitUsage, "plan", "x.yaml", "--set", "workload.unreadable=skip")
}

// makeDeep makes nested directories below dir, and a file in the deepest.
func makeDeep(t *testing.T, dir, name string, depth int) {
	t.Helper()
	at, err := unix.Open(dir, unix.O_PATH, 0)
	for range depth {
		if err == nil {
			err = unix.Mkdirat(at, name, 0o755)
		}
		next := -1
		if err == nil {
			next, err = unix.Openat(at, name, unix.O_PATH, 0)
		}
		unix.Close(at)
		at = next
	}
	file := -1
	if err == nil {
		file, err = unix.Openat(at, "f", unix.O_CREAT|unix.O_WRONLY, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(file)
	unix.Close(at)
}

// TestPlanRefusesNames: names that an operation or a contender cannot use are refused before the
// first trial, with a short message.
func TestPlanRefusesNames(t *testing.T) {
	files := func(names ...string) func(t *testing.T, tree string) {
		return func(t *testing.T, tree string) {
			t.Helper()
			for _, name := range names {
				writeFile(t, filepath.Join(tree, name), name)
			}
		}
	}
	deep := func(depth int) func(t *testing.T, tree string) {
		return func(t *testing.T, tree string) {
			t.Helper()
			makeDeep(t, tree, strings.Repeat("d", 99), depth)
		}
	}
	longest := strings.Repeat("n", 255)
	renamed := strings.ReplaceAll(copyOf("tree", "sequential"), "operation: copy, strategy", "operation: rename, strategy")
	for name, test := range map[string]struct {
		fill       func(t *testing.T, tree string)
		experiment string
		want       []string // in the error; nil: the plan is valid, and its run succeeds
	}{
		"renamed beside":         {files("a.txt", "a.txt.renamed"), renamed, []string{`x.yaml:2:12: from "tree": rename adds .renamed to each name, but the tree has both a.txt and a.txt.renamed;`}},
		"renamed beside, copied": {files("a.txt", "a.txt.renamed"), copyOf("tree", "[sequential, cp]"), nil},
		"renamed to a left out link": {func(t *testing.T, tree string) {
			t.Helper()
			writeFile(t, filepath.Join(tree, "a.txt"), "a")
			if err := os.Symlink("a.txt", filepath.Join(tree, "a.txt.renamed")); err != nil {
				t.Fatal(err)
			}
		}, renamed, nil},
		"name of 255 bytes":          {files(longest), renamed, []string{`from "tree": nnn`, "would need a name of 263 bytes, because rename adds .renamed, but the file system of the workspace allows 255;"}},
		"name of 255 bytes, copied":  {files(longest), copyOf("tree", "[sequential, cp]"), nil},
		"path of 4,001 bytes":        {deep(40), copyOf("tree", "sequential"), nil},
		"path of 4,001 bytes, by cp": {deep(40), copyOf("tree", "[sequential, cp]"), []string{`from "tree": the command "cp" would write ddd`, "in the run directory, but programs can open only 4095 (files with such paths: 1);"}},
		"path of 4,001 bytes, read":  {deep(40), strings.ReplaceAll(copyOf("tree", "[sequential, cp]"), "operation: copy", "operation: read"), []string{`from "tree": the command "cp" would read ddd`}},
		"path of 5,001 bytes":        {deep(50), copyOf("tree", "sequential"), []string{`from "tree": the path ddd`, "bytes below the tree, but programs can open only 4031;"}},
		"empty":                      {files(), copyOf("tree", "sequential"), []string{`from "tree": the tree contains no files; name a tree with at least one file`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, ws := t.TempDir(), t.TempDir()
			tree := filepath.Join(dir, "tree")
			if err := os.Mkdir(tree, 0o755); err != nil {
				t.Fatal(err)
			}
			test.fill(t, tree)
			file := writeFile(t, filepath.Join(dir, "x.yaml"), test.experiment)
			if test.want == nil {
				wantExit(t, exitGood, "run", file, "--workspace", ws, "-o", filepath.Join(dir, "out"))
				checkEmpty(t, ws)
				return
			}
			result := wantExit(t, exitUsage, "plan", file, "--workspace", ws)
			for _, want := range test.want {
				if !strings.Contains(result.err, want) {
					t.Errorf("the plan does not print %q:\n%s", want, result.err)
				}
			}
			if len(result.err) > 1000 {
				t.Errorf("the message has %d bytes, want long paths to be shortened:\n%s", len(result.err), result.err)
			}
		})
	}
}
