package journal

import (
	"bytes"
	"strings"
	"testing"
)

func TestPublishedTableRefersToExistingCells(t *testing.T) {
	table := func(baseline int, cells ...PublishedCell) *Published {
		return &Published{Measure: MeasureSeconds, Baseline: baseline, Rows: []PublishedRow{{Method: "Threads", Cells: cells}}}
	}
	for _, test := range []struct {
		name      string
		published *Published
		want      string // part of the error; empty: no error
	}{
		{"no table", nil, ""},
		{"a table", table(0, PublishedCell{Cell: 1, Baseline: 0}), ""},
		{"nothing to compare with", table(-1, PublishedCell{Cell: 1, Baseline: -1}), ""},
		{"a row after the last", table(1), "row 1 of 1"},
		{"a row before the first", table(-2), "row -2 of 1"},
		{"a cell after the last", table(0, PublishedCell{Cell: 2}), `"Threads" names cell 2 of 2`},
		{"a cell before the first", table(0, PublishedCell{Cell: -1}), `"Threads" names cell -1 of 2`},
		{"a baseline after the last", table(0, PublishedCell{Baseline: 2}), "names cell 2 of 2 as a baseline"},
		{"a baseline below -1", table(0, PublishedCell{Baseline: -2}), "names cell -2 of 2 as a baseline"},
	} {
		line, err := encodeLine(Entry{Run: &Run{Version: FormatVersion, ID: "r1", Cells: make([]Cell, 2), Published: test.published}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(bytes.NewReader(line))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: the error is %v, want one with %q", test.name, err, test.want)
		}
	}
}
