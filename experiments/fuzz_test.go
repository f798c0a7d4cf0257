package experiments

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse checks the contract of Parse for any file and override. Parse returns either an
// experiment that passes checkExperiment, or problems with positions.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.yaml", "*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(source, "trials.repeats=3", "")
		}
	}
	minimal := []byte("name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n")
	for _, set := range []string{"grid.workers=1,2", "workload.from=/x", "workload={files: &a [*a]}", "a.b.c=[", "grid.strategy={from: 1, to: 9, step: 1}"} {
		f.Add(minimal, set, "strategy=threads|sequential,workers=2")
	}
	f.Fuzz(func(t *testing.T, source []byte, set, only string) {
		opt := Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 3, MaxCells: 500}
		if set != "" {
			opt.Set = []string{set}
		}
		if only != "" {
			opt.Only = []string{only}
		}
		if len(source)%2 == 1 { // apply the first profile, if there is one
			if e, err := Parse(source, opt); err == nil && len(e.Profiles) > 0 {
				opt.Profile = e.Profiles[0]
			}
		}
		e, err := Parse(source, opt)
		if err == nil {
			checkExperiment(t, e)
			return
		}
		checkProblems(t, err, source)
	})
}

func checkProblems(t *testing.T, err error, source []byte) {
	var problems Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("the error contains no problems: %v", err)
	}
	lines := strings.Count(string(source), "\n") + strings.Count(string(source), "\r") + strings.Count(string(source), "\u0085") +
		strings.Count(string(source), "\u2028") + strings.Count(string(source), "\u2029") + 2
	for _, p := range problems {
		if p.Message == "" || strings.ContainsAny(p.Message, "\n\x00") {
			t.Errorf("got the message %q, want a single line", p.Message)
		}
		inFile := p.At.File == "f.yaml" && p.At.Line >= 1 && p.At.Line <= lines && p.At.Column >= 1
		inOverride := strings.HasPrefix(p.At.File, "--") && p.At.Line == 0
		if !inFile && !inOverride {
			t.Errorf("got the position %v, want a place in the file or in an override", p.At)
		}
	}
}
