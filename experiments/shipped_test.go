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

// TestShippedExperimentsTakeOverrides replaces the workers and the number of files of every
// shipped experiment. A filter of a published row or a baseline must not name the workers. An
// experiment without the axis workers must report that.
func TestShippedExperimentsTakeOverrides(t *testing.T) {
	for _, name := range Shipped() {
		source, err := ReadShipped(name)
		if err != nil {
			t.Fatal(err)
		}
		parse := func(set string) (*Experiment, error) {
			return Parse(source, Options{File: name + ".yaml", Catalogue: testCatalogue, CPUs: 2, Set: []string{set}})
		}
		e, err := parse("workload.files=100")
		if err != nil {
			t.Error(err)
		} else if e.Workload.Files != 100 {
			t.Errorf("%s: got %d files, want 100", name, e.Workload.Files)
		}
		e, err = parse("grid.workers=1,2")
		if !bytes.Contains(source, []byte(" workers: ")) {
			if err == nil || !strings.Contains(err.Error(), `no block of the grid has the axis "workers"`) {
				t.Errorf("%s: got %v, want an error: no block has the axis", name, err)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		for i := range e.Cells {
			if level := e.Cells[i].Level(Workers); !slices.Contains([]string{"", "1", "2"}, level) {
				t.Errorf("%s: %s has %s workers, want 1 or 2", name, &e.Cells[i], level)
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
