package reports

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports/table"
)

// mergedLogs returns runs on two nodes: of equal hardware, and of different hardware.
func mergedLogs() (equal, different *journal.Log) {
	n1 := analysistest.Node("n1")
	return analysistest.Merged(n1, analysistest.Node("n2")), analysistest.Merged(n1, analysistest.OtherNode("n2"))
}

// csvRows returns the rows of a file by the names of their columns. No two columns may have one name.
func csvRows(t *testing.T, write func(io.Writer, *Content) error, d *Content) (rows []map[string]string) {
	t.Helper()
	list := records(t, write, d)
	for _, record := range list[1:] {
		row := map[string]string{}
		for i, name := range list[0] {
			if _, twice := row[name]; twice {
				t.Errorf("two columns have the name %s", name)
			}
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// TestNodesAreGolden compares the reports of a run on different nodes that show them, and the table of a
// run on equal nodes.
func TestNodesAreGolden(t *testing.T) {
	equal, different := mergedLogs()
	d := New(different)
	d.Draw()
	for _, r := range goldenReports() {
		if !slices.Contains([]string{nodesFile, "trials.csv", "report.md", "benchfmt.txt"}, r.Name) {
			continue
		}
		var b bytes.Buffer
		if err := r.Write(&b, d); err != nil {
			t.Fatal(err)
		}
		golden(t, "nodes-"+r.Name, b.Bytes())
	}
	for file, test := range map[string]struct {
		data *Content
		opt  table.Options
	}{
		"nodes-80.txt":        {d, table.Options{}},
		"nodes-120.txt":       {d, table.Options{Width: 120}},
		"nodes-equal-120.txt": {New(equal), table.Options{Width: 120}},
	} {
		var b bytes.Buffer
		if err := Terminal(&b, test.data, test.opt); err != nil {
			t.Fatal(err)
		}
		golden(t, file, b.Bytes())
	}
}

// TestManyNodes checks that the tables for a terminal and for report.md have a limited number of rows.
func TestManyNodes(t *testing.T) {
	equal, _ := mergedLogs()
	for i := range 60 {
		equal.Run.Nodes = append(equal.Run.Nodes, analysistest.Node(fmt.Sprint("spare", i)))
	}
	d := New(equal)
	shown := tableOf(t, d, table.Options{Width: 120})
	if n := strings.Count(shown, " spare"); n != 6 || !strings.Contains(shown, "\n54 nodes more: nodes.csv.\n") {
		t.Errorf("%d of 60 spare nodes are shown:\n%s", n, shown)
	}
	if shown := tableOf(t, d, table.Options{Width: 120, Rows: -1}); strings.Count(shown, " spare") != 60 {
		t.Errorf("not all nodes are shown:\n%s", shown)
	}
	if shown := markdownOf(t, d); !strings.Contains(shown, "\n12 nodes more: [nodes.csv](nodes.csv).\n") {
		t.Error("report.md does not count the other nodes")
	}
}

// TestNamesOfAnExcerpt checks that a table which leaves out cells names the others as the whole table does.
func TestNamesOfAnExcerpt(t *testing.T) {
	_, different := mergedLogs()
	d := New(different)
	speedups := func(most int) string {
		_, text, _ := strings.Cut(tableOf(t, d, table.Options{Width: 120, Rows: most}), "\nSpeed-up by node\n")
		return text
	}
	for _, node := range []string{"n1", "n2"} {
		row := " threads, workers=4  " + node + " "
		if !strings.Contains(speedups(-1), row) || !strings.Contains(speedups(2), row) {
			t.Errorf("%q is not in both tables:\n%s\n%s", row, speedups(-1), speedups(2))
		}
	}
}

// TestOneNode checks that a sweep on a single node is described like a run of one machine.
func TestOneNode(t *testing.T) {
	log := analysistest.Merged(analysistest.Node("n1"), analysistest.Node("n1"))
	log.Run.Nodes = log.Run.Nodes[:1]
	text := markdownOf(t, New(log))
	for _, want := range []string{"Machine: host n1, linux 6.12.0, 8 cpus, AMD EPYC 7543, 64.0 GiB of memory, file system ext4.", "\n## Nodes\n", "this machine, this file system"} {
		if !strings.Contains(text, want) {
			t.Errorf("report.md has no %q:\n%s", want, text)
		}
	}
	for _, other := range []string{"by node", "one node"} {
		if strings.Contains(text, other) {
			t.Errorf("report.md has %q", other)
		}
	}
}

// TestNodesOfAMetric checks that the tables by node are about the judged figure.
func TestNodesOfAMetric(t *testing.T) {
	equal, _ := mergedLogs()
	values := make([][]float64, 5)
	for i := range values {
		values[i] = analysistest.Around(float64(100*(i+1)), 10, uint64(i))
	}
	analysistest.Judge(equal, journal.Metric{Name: "throughput", Unit: "MB/s", Better: journal.BetterHigher}, values...)
	d := New(equal)
	shown := tableOf(t, d, table.Options{Width: 120})
	if !strings.Contains(shown, "\nSpeed-up of throughput by node\n") || !strings.Contains(shown, " MB/s") {
		t.Errorf("the table is not about the metric:\n%s", shown)
	}
	row := csvRows(t, writeNodesCSV, d)[2]
	if row["metric_throughput_mean"] == "" || row["judge"] != "throughput" || !strings.HasPrefix(row["speedup"], "2.") {
		t.Errorf("got the row %q", row)
	}
}

// TestAxisNamedLikeANode checks that an axis has the same name in each file, and no other column has it.
func TestAxisNamedLikeANode(t *testing.T) {
	equal, _ := mergedLogs()
	for i := range equal.Run.Cells {
		c := &equal.Run.Cells[i]
		c.Levels["node"], c.Levels["kernel"], c.Custom = "mine", "its", []string{"node", "kernel"}
	}
	d := New(equal)
	for name, write := range map[string]func(t *testing.T) map[string]string{
		"trials.csv":  func(t *testing.T) map[string]string { return csvRows(t, writeTrialsCSV, d)[0] },
		"summary.csv": func(t *testing.T) map[string]string { return csvRows(t, writeSummaryCSV, d)[0] },
		"nodes.csv":   func(t *testing.T) map[string]string { return csvRows(t, writeNodesCSV, d)[0] },
	} {
		if row := write(t); row["axis_node"] != "mine" || row["axis_kernel"] != "its" || name != "summary.csv" && row["node"] != "n1" {
			t.Errorf("%s has the row %q", name, row)
		}
	}
	equal.Run.Nodes = nil
	if row := csvRows(t, writeTrialsCSV, New(equal))[0]; row["node"] != "mine" {
		t.Errorf("a run of one machine has the row %q", row)
	}
}

// TestNodesFileIsChecked checks that nodes.csv is written and checked only for a run with nodes.
func TestNodesFileIsChecked(t *testing.T) {
	dir := t.TempDir()
	_, different := mergedLogs()
	different.Run.Plots = []string{}
	if err := WriteAll(dir, mkdir, New(different)); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(filesIn(t, dir), nodesFile) {
		t.Errorf("got the files %q", filesIn(t, dir))
	}
	if _, list, err := Check(dir, New(different)); err != nil || len(list) > 0 {
		t.Errorf("the check found %q (%v)", list, err)
	}
	if err := os.WriteFile(filepath.Join(dir, nodesFile), []byte("cell\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, list, _ := Check(dir, New(different)); !slices.Equal(list, []string{"nodes.csv differs in line 1"}) {
		t.Errorf("the check found %q", list)
	}
	alone := *different
	alone.Run.Nodes = nil
	if _, list, _ := Check(dir, New(&alone)); !slices.Contains(list, "nodes.csv is not a report of this journal: remove it") {
		t.Errorf("the check found %q", list)
	}
}

// TestNodesOfATail checks that nodes.csv has the mean of a tail that is judged.
func TestNodesOfATail(t *testing.T) {
	log, _ := mergedLogs()
	log.Run.Judge = journal.LatencyMax
	rows := records(t, writeNodesCSV, New(log))
	at := slices.Index(rows[0], "latency_max_mean_seconds")
	if at != len(rows[0])-3 || !slices.Contains(rows[0], "judge") {
		t.Fatalf("the columns are %v", rows[0])
	}
	for _, row := range rows[1:] {
		if row[at] == "" {
			t.Errorf("%s has no mean on %s", row[0], row[1])
		}
	}
}
