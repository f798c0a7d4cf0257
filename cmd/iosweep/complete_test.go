package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completed returns the words that complete the last argument.
func completed(args ...string) []string {
	lines := strings.Split(strings.TrimSpace(call(append([]string{"__complete"}, args...)...).out), "\n")
	words := []string{}
	for _, line := range lines[:len(lines)-1] { // the last line has the directive
		word, _, _ := strings.Cut(line, "\t")
		words = append(words, word)
	}
	return words
}

func TestCompletion(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	noError(t, os.WriteFile("my.yaml", []byte(`name: x
workload: {files: 1}
grid:
  - {operation: [copy, write], strategy: sequential}
  - {operation: copy, strategy: cp, workers: [1, 2], style: [plain, pretty]}
commands:
  cp: {operation: copy, run: [cp, '{workers}', '{style}', '{input}', '{output}']}
profiles: {small: {}, large: {}}
`), 0o644))
	noError(t, os.MkdirAll(filepath.Join("results", "night"), 0o755))
	noError(t, os.WriteFile(filepath.Join("results", "night", "trials.jsonl"), nil, 0o644))
	for _, test := range []struct{ line, want string }{
		{"run|qui", "quickstart"},
		{"run|my", "my.yaml"},
		{"plan|./m", "./my.yaml"},
		{"validate|my.yaml|m", "my.yaml"},
		{"resume|", "results/night"},
		{"compare|results/night|results/n", "results/night"},
		{"run|my.yaml|--only|st", "strategy= style="},
		{"run|my.yaml|--only|strategy=", "strategy=sequential strategy=cp"},
		{"run|my.yaml|--only|strategy=cp,w", "strategy=cp,workers="},
		{"run|my.yaml|--only|workers=1,", "workers=1,2 workers=1,operation= workers=1,strategy= workers=1,style="},
		{"run|my.yaml|--profile|", "small large"},
		{"run|my.yaml|--set|trials.", "trials.repeats= trials.warmup= trials.order= trials.seed= trials.timeout= trials.retries= trials.quarantine="},
		{"run|my.yaml|--set|trials.order=", "trials.order=shuffled trials.order=listed"},
		{"run|my.yaml|--progress|", "trials rounds none"},
		{"run|my.yaml|--budget|", ""},
		{"export|results/night|--format|", strings.Join(formatNames(), " ")},
		{"list|op", "operations"},
	} {
		if got := strings.Join(completed(strings.Split(test.line, "|")...), " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
}

// TestEveryFlagIsCompleted checks that no flag with a value offers file names that it does not take.
func TestEveryFlagIsCompleted(t *testing.T) {
	files := []string{"out", "from", "config"}
	root := newRoot(streams{strings.NewReader(""), io.Discard, io.Discard})
	completeArguments(root)
	for _, cmd := range root.Commands() {
		if cmd.Hidden || cmd.Name() == "completion" {
			continue
		}
		for _, m := range flagInUsage().FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
			f := cmd.Flags().Lookup(m[1])
			if _, known := cmd.GetFlagCompletionFunc(m[1]); f.Value.Type() != "bool" && !known && !slices.Contains(files, m[1]) {
				t.Errorf("%s --%s has no completion", cmd.Name(), m[1])
			}
		}
	}
}
