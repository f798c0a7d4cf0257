package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports/table"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares output with a golden file. It compares numbers to nine digits, because the last
// digits differ on processors that fuse a multiplication and an addition.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rounded(want), rounded(got)); diff != "" {
		t.Errorf("%s differs; go test -update rewrites it (-want +got):\n%s", path, diff)
	}
}

var decimal = regexp.MustCompile(`\d+\.\d{6,}`)

func rounded(text []byte) string {
	return string(decimal.ReplaceAllFunc(text, func(number []byte) []byte {
		x, err := strconv.ParseFloat(string(number), 64)
		if err != nil {
			return number
		}
		return strconv.AppendFloat(nil, x, 'g', 9, 64)
	}))
}

// goldenReports returns all reports but report.html, with the names of their golden files. Most of
// report.html are its scripts and pictures, and page_test.go checks the rest.
func goldenReports() []Report {
	rest := slices.DeleteFunc(slices.Clone(All), func(r Report) bool { return r.Name == "report.html" })
	return append(rest, Report{Name: "summary.json", Write: writeJSON},
		Report{Name: "hyperfine.json", Write: writeHyperfine}, Report{Name: "benchfmt.txt", Write: writeBenchmarks},
		Report{Name: "summary.tex", Write: writeLaTeX}, Report{Name: "github-benchmark.json", Write: writeGitHubBenchmark})
}

func TestReportsAreGolden(t *testing.T) {
	d := drawnOnce()
	for _, r := range goldenReports() {
		if r.Applies != nil && !r.Applies(d) {
			continue
		}
		file := r.Name
		t.Run(file, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.Write(&b, d); err != nil {
				t.Fatal(err)
			}
			golden(t, file, b.Bytes())
		})
	}
}

// TestEventfulRunIsGolden compares every report of a run that was interrupted, resumed and extended.
func TestEventfulRunIsGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	d := New(analysistest.Eventful())
	d.Draw()
	for _, r := range goldenReports() {
		if r.Applies != nil && !r.Applies(d) {
			continue
		}
		file := "eventful-" + r.Name
		t.Run(file, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.Write(&b, d); err != nil {
				t.Fatal(err)
			}
			golden(t, file, b.Bytes())
		})
	}
}

// TestScalingIsGolden compares the parts of a report about a sweep over numbers of workers.
func TestScalingIsGolden(t *testing.T) {
	d := New(analysistest.Sweeps())
	for file, write := range map[string]func(io.Writer) error{
		"scaling.csv": func(w io.Writer) error { return writeScalingCSV(w, d) },
		"scaling.md":  func(w io.Writer) error { writeMarkdownScaling(w, d); return nil },
	} {
		t.Run(file, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, file, b.Bytes())
		})
	}
}

// TestEffectsAreGolden compares the parts of a report about the effects of axes.
func TestEffectsAreGolden(t *testing.T) {
	d := New(analysistest.Grid([]string{"write", "copy"}, []string{"threads", "processes"}, []string{"1", "2", "4", "8"}, []string{"1", "16"}, 5))
	for file, write := range map[string]func(io.Writer) error{
		"grid-effects.csv": func(w io.Writer) error { return writeEffectsCSV(w, d) },
		"grid-effects.md":  func(w io.Writer) error { writeMarkdownEffects(w, d); return nil },
	} {
		t.Run(file, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, file, b.Bytes())
		})
	}
}

func TestTablesAreGolden(t *testing.T) {
	grid := analysistest.Grid([]string{"write"}, []string{"threads", "processes"}, []string{"1", "2", "4", "8", "16"}, []string{"1", "8", "16", "32", "64", "auto"}, 5)
	for _, test := range []struct {
		file string
		data *Content
		opt  table.Options
	}{
		{"table-80.txt", New(analysistest.Typical()), table.Options{}},
		{"table-140-colour.txt", New(analysistest.Typical()), table.Options{Width: 140, Colour: true}},
		{"eventful-table-120.txt", New(analysistest.Eventful()), table.Options{Width: 120}},
		{"eventful-fault-80.txt", New(analysistest.Until(analysistest.Eventful(), journal.NoteFault, analysistest.CellsBeforeExtension)), table.Options{}},
		{"table-grid.txt", New(grid), table.Options{Width: 80}},
	} {
		t.Run(test.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := Terminal(&b, test.data, test.opt); err != nil {
				t.Fatal(err)
			}
			golden(t, test.file, b.Bytes())
		})
	}
}
