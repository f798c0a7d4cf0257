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

// hostileNames may stand in anybody's tree.
var hostileNames = []string{
	"=cmd()", "<script>alert(1)</script>", "-rf", "new\nline", "\x1b[2Jescape", "\x1b]0;title\a", "a|b`c`", "not-utf8-\xff", "\u202etxt.exe",
	strings.Repeat("long", 60), "=1+1,\"x\"",
}

// TestHostileTree: whatever the files of a tree are called and whatever a contender
// says, a terminal gets no control characters, and reports no markup.
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
	said, err := cmd.CombinedOutput()
	if code := exitCodeOf(err); code != exitFailures {
		t.Fatalf("exit code %d:\n%q", code, said)
	}
	if !strings.Contains(string(said), "says: exit status 1") || !strings.Contains(string(said), "escape") {
		t.Errorf("the failures are not told:\n%q", said)
	}
	onlyText(t, "the terminal", string(said))
	out := filepath.Join(dir, "out")
	for _, name := range []string{"report.md", "trials.csv", "summary.csv"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		onlyText(t, name, string(data))
		if name == "report.md" && strings.Contains(string(data), "<script>") {
			t.Error("report.md has markup of a contender's")
		}
	}
	readCSV(t, filepath.Join(out, "trials.csv"))
	empty(t, filepath.Join(dir, "ws"))
}

// onlyText fails the test if there is a control character but line feeds, tabs and
// the carriage returns of a progress line.
func onlyText(t *testing.T, where, text string) {
	t.Helper()
	if at := strings.IndexFunc(text, func(r rune) bool {
		return !strings.ContainsRune("\n\t\r", r) && (unicode.IsControl(r) || r == '\u202e')
	}); at >= 0 {
		t.Errorf("%s gets %q", where, text[max(0, at-60):min(len(text), at+40)])
	}
}
