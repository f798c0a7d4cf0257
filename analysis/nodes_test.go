package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

func merged(different bool) *journal.Log {
	n2 := analysistest.Node("n2")
	if different {
		n2 = analysistest.OtherNode("n2")
	}
	return analysistest.Merged(analysistest.Node("n1"), n2)
}

// TestResultsByNode computes the results of each node again, from its trials alone.
func TestResultsByNode(t *testing.T) {
	log := merged(true)
	d := analysis.New(log)
	if n := len(d.Nodes.Results); n != 8 {
		t.Fatalf("%d results, want 8: three cells on two nodes, two on one", n)
	}
	for _, r := range d.Nodes.Results {
		var base, cell []float64
		for _, trial := range log.Trials {
			if trial.Node == r.Node.Name && trial.Cell == r.Cell.Baseline {
				base = append(base, trial.Measurement.Seconds)
			}
			if trial.Node == r.Node.Name && trial.Cell == r.Index {
				cell = append(cell, trial.Measurement.Seconds)
			}
		}
		want := estimate.Compare(base, cell)
		if r.Index == r.Cell.Baseline {
			want.CI, want.P = estimate.Interval{}, estimate.Value{}
		}
		if r.Seconds != estimate.Describe(cell) || r.Speedup.Value != want.Value || r.Speedup.CI != want.CI || r.Trials != len(cell) || len(r.Good) != len(cell) {
			t.Errorf("%s on %s: got %+v and %+v, want %+v", r.Cell.Name, r.Node.Name, r.Seconds, r.Speedup, want)
		}
		if r.Verdict != "" || r.Adjusted.OK {
			t.Errorf("%s on %s has the verdict %q", r.Cell.Name, r.Node.Name, r.Verdict)
		}
	}
	for i, want := range [][3]int{{3, 15, 0}, {5, 35, 0}} {
		if n := d.Nodes.List[i]; [3]int{n.Cells, n.Trials, n.Failed} != want {
			t.Errorf("%s has the counts %d, %d, %d, want %d", n.Name, n.Cells, n.Trials, n.Failed, want)
		}
	}
}

func TestRunOfOneMachineHasNoNodes(t *testing.T) {
	d := analysis.New(analysistest.Typical())
	if d.Nodes != nil || d.ResultsByNode(&d.Summaries[0]) != nil || d.Machine() != d.Run.Machine || d.Tables[0].NodeChanges() != nil {
		t.Errorf("got the nodes %+v and the machine %+v", d.Nodes, d.Machine())
	}
}

func TestNodesSentences(t *testing.T) {
	one := merged(false) // no table is divided
	for i := range one.Trials {
		one.Trials[i].Node = map[bool]string{true: "n1", false: "n2"}[one.Trials[i].Cell <= 2]
	}
	both := merged(true)
	for i := range both.Trials { // another cell differs less
		if trial := &both.Trials[i]; trial.Cell == 1 && trial.Node == "n2" {
			m := *trial.Measurement
			m.Seconds *= 1.2
			trial.Measurement = &m
		}
	}
	for name, test := range map[string]struct {
		log  *journal.Log
		want string
	}{
		"equal":           {merged(false), ""},
		"different":       {merged(true), "write/strategy=threads/workers=4 has different speed-ups on different nodes: 4.01× (3.94–4.09) on n1, but 2.48× (2.39–2.58) on n2. The 95% intervals do not overlap."},
		"two cells":       {both, "write/strategy=threads/workers=4 has different speed-ups on different nodes: 4.01× (3.94–4.09) on n1, but 2.48× (2.39–2.58) on n2. The 95% intervals do not overlap. This is so for 1 other cell, too."},
		"nothing divided": {one, "Each cell was measured on one node only, so there is no speed-up by node to compare."},
	} {
		if got := strings.Join(analysis.New(test.log).Nodes.Sentences, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestPairsNeverSpanNodes gives the cells of a table a baseline that another node measured in half of
// the rounds, as report --baseline can.
func TestPairsNeverSpanNodes(t *testing.T) {
	log := merged(false)
	for i := 3; i <= 4; i++ {
		log.Run.Cells[i].Baseline = 0
	}
	d := analysis.New(log)
	if n := d.Summaries[4].Speedup.Pairs; n != 5 {
		t.Errorf("%d pairs, want the 5 rounds that n2 measured", n)
	}
}

// TestDriftIsOfOneNode checks that a step between two nodes is no drift, and that a drift on one of them is.
func TestDriftIsOfOneNode(t *testing.T) {
	times := func(n2 ...float64) *journal.Log {
		log := merged(false)
		for i := range log.Trials {
			trial := &log.Trials[i]
			m := *trial.Measurement
			m.Seconds = 8 + 0.001*float64(trial.Round%2)
			if trial.Node == "n2" && trial.Cell == 0 {
				m.Seconds = n2[trial.Round-6]
			}
			trial.Measurement = &m
		}
		return log
	}
	step := analysis.New(times(16, 16.001, 16, 16.001, 16))
	if s := step.Summaries[0]; s.Drift.Change.OK || s.DriftLine().Change.OK || len(step.Warnings) > 0 {
		t.Errorf("got the drift %+v and the warnings %q", s.Drift, step.Warnings)
	}
	drift := analysis.New(times(16, 17, 18, 19, 20))
	if len(drift.Warnings) != 1 || !strings.HasPrefix(drift.Warnings[0], "The baseline write/strategy=sequential drifted by +22.2% on n2 from its first round to its last") {
		t.Errorf("got the warnings %q", drift.Warnings)
	}
}

// TestOutliersAreOfOneNode measures nine rounds in ten on a fast node, and the others on a slow one.
func TestOutliersAreOfOneNode(t *testing.T) {
	seconds := slices.Concat(analysistest.Around(2, 30, 1), []float64{9, 9.1, 9.2})
	log := analysistest.Log(33, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: seconds})
	if d := analysis.New(log); len(d.Warnings) == 0 || !strings.HasPrefix(d.Warnings[0], "3 trials of 1 cell are far outliers") {
		t.Fatalf("got the warnings %q without nodes", d.Warnings)
	}
	log.Run.Nodes = []journal.Node{analysistest.Node("n1"), analysistest.Node("n2")}
	for i := range log.Trials {
		log.Trials[i].Node = map[bool]string{true: "n1", false: "n2"}[i < 30]
	}
	for _, w := range analysis.New(log).Warnings {
		if strings.Contains(w, "outlier") {
			t.Error(w)
		}
	}
}

// TestEfficiencyOfNodes checks that a cell has an efficiency only if each node gives it the same number
// of cpus.
func TestEfficiencyOfNodes(t *testing.T) {
	for cpus, defined := range map[int]bool{8: true, 4: true, 2: false} {
		n2 := analysistest.Node("n2")
		n2.Machine.CPUs = cpus
		d := analysis.New(analysistest.Merged(analysistest.Node("n1"), n2))
		if got := d.Summaries[2].Efficiency; got.OK != defined {
			t.Errorf("with 8 and %d cpus the efficiency of 4 workers is %+v", cpus, got)
		}
		if fewest, most := d.CPUs(&d.Summaries[2]); fewest != cpus || most != 8 {
			t.Errorf("got %d to %d cpus, want %d to 8", fewest, most, cpus)
		}
		if got := d.Summaries[4].Efficiency; !got.OK { // it was measured on n2 only
			t.Errorf("with %d cpus the cell of n2 has no efficiency", cpus)
		}
	}
}

func TestMachineHasSharedFacts(t *testing.T) {
	got := analysis.New(merged(true)).Machine()
	want := journal.Machine{OS: "linux", Filesystem: "ext4", Mount: "rw,relatime", Governor: "performance"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	other := analysistest.Node("n2")
	other.Machine.Memory -= 4096 // the kernel keeps some pages more
	got = analysis.New(analysistest.Merged(analysistest.Node("n1"), other)).Machine()
	want = other.Machine
	want.Host, want.Memory = "", 64<<30
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	xfs := analysistest.Node("n2")
	xfs.Machine.Filesystem = "xfs"
	d := analysis.New(analysistest.Merged(analysistest.Node("n1"), xfs))
	if text := d.Tables[0].ConditionsSentence(); strings.Contains(text, "ext4") || !strings.Contains(text, "working directory") {
		t.Errorf("the conditions are %q, although the nodes have different file systems", text)
	}
}

func TestNodeChanges(t *testing.T) {
	d := analysis.New(merged(false))
	if got := d.Tables[0].NodeChanges(); !slices.Equal(got, []float64{24.5}) { // trial 23 is the last on n1, and 26 the first on n2
		t.Errorf("got %v", got)
	}
	if got := d.Tables[1].NodeChanges(); got != nil {
		t.Errorf("got %v for a table of one node", got)
	}
}

// TestWarningsOfNodes checks that warnings which differ only in the node and in figures are counted.
func TestWarningsOfNodes(t *testing.T) {
	log := merged(false)
	for i, node := range []string{"n1", "other", "n1, other"} {
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: fmt.Sprintf("On %s: Before the run other processes used %d.2 cpus.", node, i)})
	}
	log.Trials[0].Measurement.Noise = "5% steal"
	d := analysis.New(log)
	for _, want := range []string{
		"On n1: Before the run other processes used 0.2 cpus. This was so before 2 other attempts too; trials.jsonl has all warnings.",
		"The nodes were not quiet in 1 of 50 measured trials; the first is trial 1 on n1: 5% steal.",
	} {
		if !slices.Contains(d.Warnings, want) {
			t.Errorf("no warning %q in %q", want, d.Warnings)
		}
	}
}

// TestExcerptOfNodes checks which rows remain of four cells on three nodes.
func TestExcerptOfNodes(t *testing.T) {
	var cells []analysistest.Cell
	for i := range 5 {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", 1<<i), Seconds: analysistest.Around(10/float64(i+1), 9, uint64(i))})
	}
	log := analysistest.Log(9, cells...)
	log.Run.Nodes = []journal.Node{analysistest.Node("n1"), analysistest.Node("n2"), analysistest.Node("n3")}
	for i := range log.Trials {
		trial := &log.Trials[i]
		node := (trial.Round - 1) / 3
		trial.Node = log.Run.Nodes[node].Name
		if trial.Cell > 0 { // the last cell differs most between the nodes
			m := *trial.Measurement
			m.Seconds *= 1 + 0.1*float64(node*trial.Cell)
			trial.Measurement = &m
		}
	}
	d := analysis.New(log)
	rows := func(most int) (names []string, omitted int) {
		shown, omitted := d.Nodes.Excerpt(most)
		for _, c := range shown {
			for _, r := range c.Results {
				names = append(names, r.Cell.Levels["workers"]+r.Node.Name)
			}
		}
		return names, omitted
	}
	for _, test := range []struct {
		most    int
		want    string
		omitted int
	}{
		{0, "2n1 2n2 2n3 4n1 4n2 4n3 8n1 8n2 8n3 16n1 16n2 16n3", 0},
		{12, "2n1 2n2 2n3 4n1 4n2 4n3 8n1 8n2 8n3 16n1 16n2 16n3", 0},
		{8, "8n1 8n2 8n3 16n1 16n2 16n3", 6},
		{2, "16n1 16n3", 10},
	} {
		names, omitted := rows(test.most)
		if got := strings.Join(names, " "); got != test.want || omitted != test.omitted {
			t.Errorf("of at most %d rows got %s and %d more, want %s and %d more", test.most, got, omitted, test.want, test.omitted)
		}
	}
	if err := d.Only([]string{"workers=16"}); err != nil {
		t.Fatal(err)
	}
	if names, _ := rows(0); strings.Join(names, " ") != "16n1 16n2 16n3" {
		t.Errorf("with --only got %q", names)
	}
}

// TestMissingShards checks the reason of a cell whose table is not complete.
func TestMissingShards(t *testing.T) {
	log := merged(false)
	log.Trials = slices.DeleteFunc(log.Trials, func(trial journal.Trial) bool { return trial.Cell <= 2 && trial.Node == "n2" })
	log.Notes[0].Kind, log.Notes[0].After = journal.NoteInterrupted, len(log.Trials)
	d := analysis.New(log)
	if got := d.Summaries[0].Reason; got != "5 of 10 trials; not all shards of the sweep are done" {
		t.Errorf("got the reason %q", got)
	}
}
