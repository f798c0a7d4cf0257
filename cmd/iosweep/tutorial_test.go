package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var fencedBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// savedAs matches the first line of a block that the reader saves as a file.
var savedAs = regexp.MustCompile(`^# ([a-z]+\.(?:sh|yaml|py))\b`)

// TestTutorial does what the tutorial says, and then what the page on reading a report says about
// its results: it saves the files and runs the commands, in order. The figures on the pages are from
// another machine, but the exit codes and some lines must be the same.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs five experiments")
	}
	for _, program := range []string{"git", "python3", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			if runtime.GOOS == "linux" {
				t.Fatalf("%v: make tools installs it", err)
			}
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	output := ""
	for _, page := range []string{"tutorial.md", "reading-a-report.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fencedBlock.FindAllStringSubmatch(string(text), -1) {
			language, block := m[1], m[2]
			if file := savedAs.FindStringSubmatch(block); file != nil {
				writeFile(t, filepath.Join(dir, file[1]), block)
				continue
			}
			if language != "sh" {
				continue
			}
			cmd := exec.Command("sh", "-e", "-c", block)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "GIT_AUTHOR_NAME=reader", "GIT_AUTHOR_EMAIL=r@example.org", "GIT_COMMITTER_NAME=reader", "GIT_COMMITTER_EMAIL=r@example.org")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v:\n%s%s", page, err, block, out)
			}
			output += string(out)
		}
	}
	for _, line := range []string{
		"backup.yaml: ok, 5 cells", "5 cells x (1 warm-up + 10 repeats) = 55 trials", "5 cells, 50 measured trials: all ok.",
		"~ trials.repeats: 10, now 40", "5 cells, 200 measured trials: all ok.", "exit code 4", "\n200\n", "40 rounds, speed-up ",
	} {
		if !strings.Contains(output, line) {
			t.Errorf("no command printed %q:\n%s", line, output)
		}
	}
	if !regexp.MustCompile(`--fail-on found .* cells:\n  slower: copy/strategy=backup: `).MatchString(output) {
		t.Errorf("the gate did not find the change:\n%s", output)
	}
}
