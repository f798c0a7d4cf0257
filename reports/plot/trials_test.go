package plot

import (
	"slices"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// TestBreaksOfNodes checks where a picture of trials has a line, and whether its title says that trials of
// several nodes are not in the order of execution.
func TestBreaksOfNodes(t *testing.T) {
	src := Source{Data: analysis.New(analysistest.Merged(analysistest.Node("n1"), analysistest.Node("n2")))}
	alts := []string{
		"write: trials in order of the plan, on several nodes: the time of every trial relative to the median of its cell",
		"append: trials in order of execution: the time of every trial relative to the median of its cell",
	}
	for i, s := range trialsSketches(src) {
		if s.Alt != alts[i] {
			t.Errorf("got %q, want %q", s.Alt, alts[i])
		}
	}
	if b := breaksOf(src.Tables[0], nil); !slices.Equal(b.places, []float64{24.5}) || b.name() != "another node" {
		t.Errorf("got %+v", b)
	}
	if b := breaksOf(src.Tables[1], []journal.Note{{After: 30}}); !slices.Equal(b.places, []float64{30.5}) || b.name() != "resumed" {
		t.Errorf("got %+v", b)
	}
}

// TestCPUsOfNodes checks that a picture shows the number of cpus only if all nodes of the table have it.
func TestCPUsOfNodes(t *testing.T) {
	for other, want := range map[string]int{"equal": 8, "different": 0} {
		n2 := analysistest.Node("n2")
		if other == "different" {
			n2 = analysistest.OtherNode("n2")
		}
		src := Source{Data: analysis.New(analysistest.Merged(analysistest.Node("n1"), n2))}
		g := src.Tables[0]
		for _, c := range src.lineCharts(g, allBut(g.Cells, g.Baseline), speedupOf(g), "workers") {
			if c.cpus != want {
				t.Errorf("on %s nodes the picture shows %d cpus, want %d", other, c.cpus, want)
			}
		}
	}
}
