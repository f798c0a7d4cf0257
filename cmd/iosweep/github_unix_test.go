//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
			Steps []struct{ Name, Run string }
		}
	}
	noError(t, yaml.Unmarshal(found[1], &workflow))

	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "benchmarks", "files.yaml"), small)
	noError(t, os.Mkdir(filepath.Join(dir, "ws"), 0o755))
	launch(t, dir, append([]string{"run", "benchmarks/files.yaml", "-q", "-o", "benchmarks/base"}, goodContender...)...).exitsWith(t, exitGood)
	want := map[string]struct {
		code    int
		output  string
		summary string
	}{
		"measure":                    {0, "::error title=failed%3A copy/strategy=bad::", "# tiny\n"},
		"compare":                    {exitFound, "--fail-on found 2 of 3 cells:\n  failed: copy/strategy=bad: 2 of 2 trials failed: ", "- BASE "},
		"check the files of the run": {0, "as the journal gives them", ""},
	}
	ran := 0
	for _, step := range workflow.Jobs["files"].Steps {
		if step.Run == "" {
			continue
		}
		ran++
		summary := filepath.Join(dir, fmt.Sprint("summary", ran))
		script := writeFile(t, filepath.Join(dir, "step.sh"), step.Run)
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), stepSummary+"="+summary)
		output, err := cmd.CombinedOutput()
		text, _ := os.ReadFile(summary)
		w := want[step.Name]
		if code := exitCodeOf(err); code != w.code || !strings.Contains(string(output), w.output) || !strings.Contains(string(text), w.summary) || (w.summary == "") != (len(text) == 0) {
			t.Errorf("%s: exit code %d, want %d:\n%s\nsummary:\n%s", step.Name, code, w.code, output, text)
		}
	}
	if ran != len(want) {
		t.Errorf("%d steps were run, want %d", ran, len(want))
	}
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
