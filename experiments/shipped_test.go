package experiments

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestShippedExperimentsAreValid(t *testing.T) {
	names := Shipped()
	if !slices.Contains(names, "quickstart") || !slices.IsSorted(names) {
		t.Fatalf("got the shipped experiments %v, want a sorted list with quickstart", names)
	}
	for _, name := range names {
		for _, cpus := range []int{1, 2, 64} {
			source, err := ReadShipped(name)
			if err != nil {
				t.Fatal(err)
			}
			e, err := Parse(source, Options{File: name + ".yaml", Catalogue: testCatalogue, CPUs: cpus})
			if err != nil {
				t.Errorf("on %d cpus: %v", cpus, err)
				continue
			}
			checkExperiment(t, e)
			if e.Name != name || e.Title == "" || e.Description == "" || len(e.Warnings) > 0 {
				t.Errorf("%s: got name %q, title %q, warnings %v", name, e.Name, e.Title, e.Warnings)
			}
			if !bytes.HasPrefix(source, []byte("# ")) || !bytes.Contains(source, []byte("# iosweep run "+name)) && !bytes.Contains(source, []byte(": iosweep run "+name)) {
				t.Errorf("%s does not begin with its question and its command", name)
			}
		}
	}
}

func TestReadShippedSuggestsNearestName(t *testing.T) {
	_, err := ReadShipped("quickstrat")
	if err == nil || !strings.Contains(err.Error(), `did you mean "quickstart"`) {
		t.Errorf("got %v, want a suggestion", err)
	}
}
