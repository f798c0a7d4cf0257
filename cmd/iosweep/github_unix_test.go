//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestWorkflow runs the shell steps of the workflow in docs/ci.md, as GitHub runs them.
func TestWorkflow(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	noError(t, err)
	found := regexp.MustCompile("(?s)```yaml\n(on: .*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/ci.md has no workflow")
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}
	noError(t, yaml.Unmarshal(found[1], &workflow))

	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "benchmarks", "files.yaml"), small)
	noError(t, os.Mkdir(filepath.Join(dir, "ws"), 0o755))
	base := commitPrograms(t, filepath.Join(dir, "benchmarks"))
	launch(t, dir, append([]string{"run", "benchmarks/files.yaml", "-q", "-o", "benchmarks/base"}, goodContender...)...).exitsWith(t, exitGood)
	// A gate may also find a cell slower by chance, so the number of cells it found is not compared.
	want := map[string]struct {
		codes   []int
		output  string
		summary string
	}{
		"measure":                    {[]int{0}, "::error title=failed%3A copy/strategy=bad::", "# tiny\n"},
		"compare":                    {[]int{exitFound}, "  failed: copy/strategy=bad: 2 of 2 trials failed: ", "- BASE "},
		"check the files of the run": {[]int{0}, "as the journal gives them", ""},
		// A control is called slower by chance in a few runs, and this has exit code 1.
		"compare the commits": {[]int{exitFound, exitFailures}, "  failed: copy/strategy=save/revision=HEAD: ", "revision"},
	}
	ran := 0
	for _, step := range slices.Concat(workflow.Jobs["files"].Steps, workflow.Jobs["revisions"].Steps) {
		if step.Run == "" {
			continue
		}
		ran++
		summary := filepath.Join(dir, fmt.Sprint("summary", ran))
		script := writeFile(t, filepath.Join(dir, "step.sh"), step.Run)
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), stepSummary+"="+summary)
		if expression := step.Env["BASE"]; expression != "" {
			cmd.Env = append(cmd.Env, "BASE="+base) // GitHub evaluates the expression
		}
		output, err := cmd.CombinedOutput()
		text, _ := os.ReadFile(summary)
		w := want[step.Name]
		if code := exitCodeOf(err); !slices.Contains(w.codes, code) || !strings.Contains(string(output), w.output) || !strings.Contains(string(text), w.summary) || (w.summary == "") != (len(text) == 0) {
			t.Errorf("%s: exit code %d, want %v:\n%s\nsummary:\n%s", step.Name, code, w.codes, output, text)
		}
	}
	if ran != len(want) {
		t.Errorf("%d steps were run, want %d", ran, len(want))
	}
}

// commitPrograms makes a git repository in a directory, with an experiment on a program. In the second
// commit the program copies nothing. It returns the first commit.
func commitPrograms(t *testing.T, dir string) string {
	t.Helper()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		cmd.Dir = dir
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v:\n%s", args, err, output)
		}
		return strings.TrimSpace(string(output))
	}
	writeFile(t, filepath.Join(dir, "program.yaml"), `
name: program
workload: {files: 2, lines: 2}
commands:
  save: {operation: copy, source: {git: .}, run: [sh, "{source}/save.sh", "{input}", "{output}"]}
grid: {operation: copy, strategy: save}
trials: {repeats: 3, warmup: 0}
`)
	git("init", "-q")
	for _, script := range []string{"cp \"$1\"/* \"$2\"\n", "true\n"} {
		writeFile(t, filepath.Join(dir, "save.sh"), script)
		git("add", "program.yaml", "save.sh")
		git("commit", "-q", "-m", "a version")
	}
	return git("rev-parse", "HEAD~1")
}

// TestSummaryIsAppended: the summary of a step keeps its text, and stays within GitHub's limit.
func TestSummaryIsAppended(t *testing.T) {
	path := writeFile(t, filepath.Join(t.TempDir(), "summary"), "first\n")
	noError(t, appendSummary(path, []byte("second\n")))
	noError(t, appendSummary(path, []byte(strings.Repeat("a line\n", 200_000))))
	data, err := os.ReadFile(path)
	noError(t, err)
	if !strings.HasPrefix(string(data), "first\n\nsecond\n\na line\n") || len(data) > 1<<20 {
		t.Errorf("the summary has %d bytes and begins with %.30q", len(data), data)
	}
}
