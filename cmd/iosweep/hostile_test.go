//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// hostileNames are valid file names that can appear in a tree.
var hostileNames = []string{
	"=cmd()", "<script>alert(1)</script>", "-rf", "new\nline", "\x1b[2Jescape", "\x1b]0;title\a", "a|b`c`", "not-utf8-\xff", "\u202etxt.exe",
	strings.Repeat("long", 60), "=1+1,\"x\"",
}

// TestHostileTree runs an experiment with hostile file names and contender output. The
// output and the reports must contain no control characters, and report.md no markup.
func TestHostileTree(t *testing.T) {
	dir := t.TempDir()
	for _, name := range hostileNames {
		writeFile(t, filepath.Join(dir, "tree", strings.ReplaceAll(name, "/", "_")), "content of "+name)
	}
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: x
workload: {from: tree}
grid: {operation: [copy, zip, unzip, rename, append], strategy: [sequential, says, loses]}
trials: {repeats: 1, warmup: 0}
workspace: ws
commands:
  says: {operation: copy, run: [sh, -c, 'printf "\033[2J\033]0;title\007=cmd()<script>\n" >&2; exit 1']}
  loses: {operation: copy, run: [sh, -c, 'cp -r "$1"/. "$2"; rm "$2"/*escape', sh, '{input}', '{output}']}
`)
	cmd := exec.Command("iosweep", "run", "x.yaml", "-o", "out")
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if code := exitCodeOf(err); code != exitFailures {
		t.Fatalf("exit code %d:\n%q", code, output)
	}
	if !strings.Contains(string(output), "says: exit status 1") || !strings.Contains(string(output), "escape") {
		t.Errorf("the failures are not reported:\n%q", output)
	}
	checkNoControls(t, "the terminal", string(output))
	out := filepath.Join(dir, "out")
	for _, name := range []string{"report.md", "trials.csv", "summary.csv"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		checkNoControls(t, name, string(data))
		if name == "report.md" && strings.Contains(string(data), "<script>") {
			t.Error("report.md contains markup from a contender")
		}
	}
	readCSV(t, filepath.Join(out, "trials.csv"))
	checkEmpty(t, filepath.Join(dir, "ws"))
}

// checkNoControls checks that text contains no control characters except line feeds, tabs
// and carriage returns, which a progress line needs.
func checkNoControls(t *testing.T, where, text string) {
	t.Helper()
	if at := strings.IndexFunc(text, func(r rune) bool {
		return !strings.ContainsRune("\n\t\r", r) && (unicode.IsControl(r) || r == '\u202e')
	}); at >= 0 {
		t.Errorf("%s contains %q", where, text[max(0, at-60):min(len(text), at+40)])
	}
}
