package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestExcerpt checks which of ten cells a report shows. Cell i takes 100/i seconds, so that the last
// cell is the fastest.
func TestExcerpt(t *testing.T) {
	for _, test := range []struct {
		name    string
		base    int
		change  func(cells []analysistest.Cell)
		retired []int
		rows    int
		want    []string
		omitted int
		kept    string
	}{
		{"all", 0, nil, nil, 0, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, 0, ""},
		{"as many as fit", 0, nil, nil, 10, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, 0, ""},
		{"fastest and slowest", 0, nil, nil, 6, []string{"1", "10", "9", "8", "7", "2"}, 4, "the baseline, then the 4 fastest and the slowest of 10 cells"},
		{"baseline in the middle", 4, nil, nil, 4, []string{"5", "10", "9", "8"}, 6, "the baseline, then the 3 fastest of 10 cells"},
		{"one row", 0, nil, nil, 1, []string{"10"}, 9, "the fastest of 10 cells"},
		{"failures", 0, func(cells []analysistest.Cell) {
			cells[9].Change = analysistest.AsExpectedFailure // fast because it did nothing
			cells[8].Seconds = []float64{0, 1}
			cells[7].Skip, cells[7].Seconds = "not here", nil
		}, nil, 9, []string{"1", "7", "6", "5", "4", "3", "2"}, 3, "the baseline, then the 6 measured without a failure of 10 cells"},
		{"retired cells", 0, nil, []int{8, 9}, 0, []string{"1", "2", "3", "4", "5", "6", "7", "8"}, 0, ""},
		{"only failures", 0, func(cells []analysistest.Cell) {
			for i := range cells {
				cells[i].Change = analysistest.AsExpectedFailure
			}
		}, nil, 3, []string{"1", "2", "3"}, 7, "the baseline, then the first 2 of 10 cells"},
		{"failed baseline", 0, func(cells []analysistest.Cell) { cells[0].Seconds = []float64{0, 0} }, nil, 3, []string{"1", "10", "9"}, 7, "the baseline, then the 2 fastest of 10 cells"},
		// The second cell has the highest speed-up, in the one round that it has.
		{"incomplete", 0, func(cells []analysistest.Cell) {
			cells[0].Seconds, cells[1].Seconds = []float64{1000, 0.001}, []float64{15}
		}, nil, 3, []string{"1", "10", "9"}, 7, "the baseline, then the 2 fastest of 10 cells"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var cells []analysistest.Cell
			for i := range 10 {
				seconds := 100 / float64(i+1)
				cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", i+1), Base: test.base, Seconds: []float64{seconds, seconds}})
			}
			if test.change != nil {
				test.change(cells)
			}
			log := analysistest.Log(2, cells...)
			for _, i := range test.retired {
				log.Run.Cells[i].Retired = true
			}
			e := analysis.New(log).Tables[0].Excerpt(test.rows)
			var got []string
			for _, s := range e.Cells {
				got = append(got, s.Cell.Levels["workers"])
			}
			if !slices.Equal(got, test.want) || e.Omitted != test.omitted || e.Kept != test.kept || e.Retired != len(test.retired) {
				t.Errorf("got %s; %d omitted, %d retired, %q\nwant %s; %d omitted, %d retired, %q", strings.Join(got, " "), e.Omitted, e.Retired, e.Kept, strings.Join(test.want, " "), test.omitted, len(test.retired), test.kept)
			}
		})
	}
}
