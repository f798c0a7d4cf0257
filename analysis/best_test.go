package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
)

func TestBest(t *testing.T) {
	cell := func(levels string, seconds float64) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=write " + levels, Seconds: []float64{seconds, seconds}}
	}
	log := analysistest.Log(2, cell("strategy=sequential", 3), cell("strategy=threads", 2), cell("strategy=async", 1))
	d := New(log)
	if got := d.Tables[0].Best(); got == nil || got.Cell.Name != "write/strategy=async" {
		t.Errorf("the best is %v, want async", got)
	}
	d.Tables[0].Cells[2].Corrupt.X = 1
	if got := d.Tables[0].Best(); got == nil || got.Cell.Name != "write/strategy=threads" {
		t.Errorf("the best is %v, want threads, because async corrupts items", got)
	}
	d.Tables[0].Cells[1].Status = StatusFailed
	if got := d.Tables[0].Best(); got != nil {
		t.Errorf("the best of one cell is %s", got.Cell.Name)
	}
}
