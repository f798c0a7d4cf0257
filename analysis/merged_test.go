package analysis_test

import (
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestMergedTables checks that tables which differ in the size only are joined.
func TestMergedTables(t *testing.T) {
	var cells []analysistest.Cell
	for i, size := range []string{"1024", "16384"} {
		cells = append(cells,
			analysistest.Cell{Levels: "operation=copy strategy=sequential size=" + size, Base: 2 * i, Seconds: []float64{2, 2.1}},
			analysistest.Cell{Levels: "operation=copy strategy=threads workers=2 size=" + size, Base: 2 * i, Seconds: []float64{1, 1.1}})
	}
	d := analysis.New(analysistest.Log(2, cells...))
	if n := len(d.MergedTables("workers")); n != 2 {
		t.Errorf("got %d tables, want 2", n)
	}
	list := d.MergedTables("size")
	if len(list) != 1 || len(list[0].Cells) != 4 || list[0].Heading != "copy" || list[0].Baseline != nil || list[0].BaselineLabel != "sequential" {
		t.Errorf("got %d tables, the first is %+v", len(list), list[0])
	}
}
