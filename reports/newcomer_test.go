package reports_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/reports"
	"iosweep/reports/plot"
)

// cellCount is a report of somebody else: how many cells a run has.
type cellCount struct{}

var _ reports.Report = cellCount{}

func (cellCount) Name() string      { return "count" }
func (cellCount) Extension() string { return "txt" }

func (cellCount) Write(w io.Writer, c *reports.Content) error {
	_, err := fmt.Fprintf(w, "%d cells, baseline %s\n", len(c.Summaries), c.Groups[0].BaselineLabel)
	return err
}

// blankSketches are pictures of somebody else: one of nothing for each table.
func blankSketches(src plot.Source) []plot.Sketch {
	var list []plot.Sketch
	for _, g := range src.Groups {
		list = append(list, plot.Sketch{Name: "blank " + g.Heading, Alt: "nothing", Draw: func() ([]byte, error) {
			var b bytes.Buffer
			err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2)))
			return b.Bytes(), err
		}})
	}
	return list
}

// TestAReportAndAKindOfPictureCanBeAdded by who has nothing but the package.
func TestAReportAndAKindOfPictureCanBeAdded(t *testing.T) {
	dir := t.TempDir()
	log := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{4, 5}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{2, 3}},
	)
	log.Run.Plots = []string{"blank"}
	c := reports.New(log)
	mkdir := func(dir string) error { return os.Mkdir(dir, 0o755) }
	err := reports.Write(dir, mkdir, c, append(reports.All(), cellCount{}), append(plot.Kinds(), plot.Kind{Name: "blank", Sketch: blankSketches}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "count.txt"))
	if want := "2 cells, baseline sequential\n"; err != nil || string(got) != want {
		t.Errorf("the report is %q (%v), want %q", got, err, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "plots", "blank-write.png")); err != nil {
		t.Error(err)
	}
	report, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil || !bytes.Contains(report, []byte("\n![nothing](plots/blank-write.png)\n")) {
		t.Errorf("the picture is not in report.md (%v)", err)
	}
}
