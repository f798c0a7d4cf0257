package docs_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/reports/plot"
	"iosweep/runner/catalogue"
)

var update = flag.Bool("update", false, "write the tables of experiment-file.md instead of comparing them")

var marked = regexp.MustCompile(`(?s)(<!-- keys: (\w+)[^>]* -->\n)(.*?)(<!-- end -->\n)`)

// TestReference compares the tables of experiment-file.md with the keys that the parser
// reads by.
func TestReference(t *testing.T) {
	const path = "experiment-file.md"
	tables := experiments.Reference(catalogue.New())
	have := read(t, path)
	shown := map[string]bool{}
	want := marked.ReplaceAllStringFunc(have, func(part string) string {
		m := marked.FindStringSubmatch(part)
		shown[m[2]] = true
		return m[1] + tables[m[2]] + m[4]
	})
	for name := range tables {
		if !shown[name] {
			t.Errorf("%s has no part marked %q", path, name)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s differs from the keys of the parser; `go test ./docs -run Reference -update` writes it (-want +got):\n%s", path, diff)
	}
}

// TestEveryPictureHasItsWord: reports.plots may name every kind of picture but that of a
// published table, which a run has anyway.
func TestEveryPictureHasItsWord(t *testing.T) {
	var names []string
	for _, kind := range plot.Kinds {
		if kind.Name != plot.Published {
			names = append(names, kind.Name)
		}
	}
	source := "name: x\nworkload: {files: 1}\ngrid: {operation: write, strategy: sequential}\nreports: {plots: [" + strings.Join(names, ", ") + "]}\n"
	e, err := experiments.Parse([]byte(source), experiments.Options{File: "x.yaml", Catalogue: catalogue.New(), CPUs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(names, e.Reports.Plots); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(read(t, "experiment-file.md"), "list of `"+strings.Join(names, "`, `")+"`") {
		t.Errorf("the words of reports.plots are others than the kinds %q", names)
	}
}
