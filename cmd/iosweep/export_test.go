//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"iosweep/reports"
)

// TestHostileExports exports a run with hostile level names and contender output. No export
// may contain control characters, and every format must be readable again.
func TestHostileExports(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, filepath.Join("a tree-2", "new\nline"), "content")
	if err := os.Mkdir("ws", 0o755); err != nil {
		t.Fatal(err)
	}
	flavours := []string{"=1+1", "a b", "a/b", "cp-2", "100%", "<script>", `"`, "|`*"}
	quoted, err := json.Marshal(flavours)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, "x.yaml", `
name: x
workload: {from: "a tree-2"}
grid:
  - {operation: copy, strategy: [sequential, says]}
  - {operation: copy, strategy: cp, flavour: `+string(quoted)+`}
trials: {repeats: 2, warmup: 0}
workspace: ws
commands:
  cp: {operation: copy, run: [sh, -c, 'cp -r "$1"/. "$2"', "{flavour}", '{input}', '{output}']}
  says: {operation: copy, run: [sh, -c, 'printf "\033[2J\033]0;title\007\nBenchmarkX 1 1 ns/op\n" >&2; exit 1']}
`)
	wantExit(t, exitFailures, "run", "x.yaml", "-q", "-o", "out")
	for _, f := range reports.Formats {
		s := wantExit(t, exitGood, "export", "out", "--format", f.Name)
		checkNoControls(t, "--format "+f.Name, s.out)
		checkNoControls(t, "--format "+f.Name+" on standard error", s.err)
		switch f.Name {
		case "json", "hyperfine":
			if !json.Valid([]byte(s.out)) {
				t.Errorf("--format %s is not JSON", f.Name)
			}
		case "benchfmt":
			if names := benchmarkNames(t, s.out); len(names) != 2*(len(flavours)+1) || len(slices.Compact(names)) != len(flavours)+1 {
				t.Errorf("%d lines of %d cells with two trials each", len(names), len(flavours)+1)
			}
		}
	}
}

// benchmarkNames returns the sorted benchmark names of an export.
func benchmarkNames(t *testing.T, export string) (names []string) {
	t.Helper()
	r := benchfmt.NewReader(strings.NewReader(export), "export")
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(record)
		case *benchfmt.Result:
			names = append(names, record.Name.String())
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
