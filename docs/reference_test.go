package docs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/reports/plot"
	"iosweep/runner/catalogue"
)

// TestPlotsNamesEveryKind checks that reports.plots allows every kind of picture, except
// the picture of a published table, which does not need a name there.
func TestPlotsNamesEveryKind(t *testing.T) {
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
	if !strings.Contains(read(t, "experiment-file.md"), "`"+strings.Join(names, "`, `")+"`, or a list of them") {
		t.Errorf("experiment-file.md does not list the kinds %q for reports.plots", names)
	}
}
