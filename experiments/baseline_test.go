package experiments

import (
	"fmt"
	"strings"
	"testing"
)

// ownLevels is a grid in which every second cell is a baseline. Every other cell has the baseline
// with its own levels, among as many candidates.
const ownLevels = `name: own-levels
workload: {files: 10}
grid:
  operation: write
  strategy: [threads, processes]
  workers: {from: 1, to: %d, step: 1}
  chunk_size: {from: 1, to: %d, step: 1}
baseline: {strategy: threads}
`

// TestBaselineWithOwnLevels checks that the number of candidates makes no difference.
func TestBaselineWithOwnLevels(t *testing.T) {
	for _, workers := range []int{2, 100, 101, 1000} {
		e := parseGrid(t, fmt.Sprintf(ownLevels, workers, 3))
		for i, b := range e.Baseline {
			c, baseline := e.Cells[i], e.Cells[b]
			if baseline.Level(Strategy) != "threads" || baseline.Level(Workers) != c.Level(Workers) || baseline.Level(ChunkSize) != c.Level(ChunkSize) {
				t.Fatalf("with %d workers: the baseline of %v is %v", workers, c, baseline)
			}
		}
	}
}

// TestBaselineIndex compares the baselines that the index finds with the baselines that the rules
// leave, in grids whose strategies and commands use different axes.
func TestBaselineIndex(t *testing.T) {
	const grid = `name: x
workload: {files: 10}
grid:
  - {operation: zip, strategy: [sequential, threads, processes], workers: [1, 2, 3], chunk_size: [1, 4], level: [1, 6], files: [5, 10]}
  - {operation: zip, strategy: [one, two, three], way: [a, b], level: [1, 6], turn: [x, "y"], workers: [2, 3], files: [5, 10]}
commands:
  one: {operation: zip, run: [one, "{way}", "{turn}", "{output}"]}
  two: {operation: zip, run: [two, "{way}", "{level}", "{output}"]}
  three: {operation: zip, run: [three, "{turn}", "{workers}", "{output}"]}
baseline: %s
`
	single, several := 0, 0
	for _, baseline := range []string{
		"{strategy: sequential}", "{strategy: threads}", "{strategy: threads, workers: 1}", "{strategy: one}", "{strategy: [threads, one]}",
		"{strategy: [sequential, two]}", "{strategy: [two, three], files: 10}", "{level: 1}", "{workers: 2}", "{way: a}", "{strategy: [processes, three], level: [1, 6]}",
	} {
		f := plannedFile(t, fmt.Sprintf(grid, baseline))
		for i, b := range f.Baseline {
			if f.matches(&f.baseline, &f.Cells[i]) {
				if b != i {
					t.Errorf("%s: %v matches, and its baseline is %d", baseline, &f.Cells[i], b)
				}
				continue
			}
			want := f.baselinesOf(i)
			switch {
			case want.count == 1 && b != int(want.first[0]):
				t.Errorf("%s: the baseline of %v is %d, want %d", baseline, &f.Cells[i], b, want.first[0])
			case want.count != 1 && b != -1:
				t.Errorf("%s: the baseline of %v is %v, although %d fit", baseline, &f.Cells[i], &f.Cells[b], want.count)
			case want.count == 1:
				single++
			case want.count > 1:
				several++
			}
		}
	}
	if single < 100 || several < 100 {
		t.Errorf("got %d cells with one baseline and %d with several, too few to compare", single, several)
	}
}

// manyGroups is a grid of about 100,000 cells in which the candidates and the other cells use many
// different sets of axes.
func manyGroups() string {
	var grid, commands strings.Builder
	for i := range 240 {
		run := ""
		for axis := range 8 {
			if (i+1)>>axis&1 == 1 {
				run += fmt.Sprintf(`, "{a%d}"`, axis)
			}
		}
		fmt.Fprintf(&commands, "  c%d: {operation: write, run: [c%s, \"{workers}\", \"{output}\"]}\n", i, run)
		fmt.Fprintf(&grid, "c%d, ", i)
	}
	levels := strings.Repeat(", a%d: [x, \"y\"]", 8)
	return fmt.Sprintf("name: x\nworkload: {files: 10}\ngrid: {operation: write, strategy: [%s], workers: {from: 1, to: 16, step: 1}"+levels+"}\nbaseline: {a7: x}\ncommands:\n%s",
		strings.TrimSuffix(grid.String(), ", "), 0, 1, 2, 3, 4, 5, 6, 7, commands.String())
}

func BenchmarkBaselines(b *testing.B) {
	for name, source := range map[string]string{"own levels": fmt.Sprintf(ownLevels, 250, 200), "many groups": manyGroups()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Parse([]byte(source), Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4})
			}
		})
	}
}

func parseGrid(t *testing.T, source string) *Experiment {
	t.Helper()
	e, err := Parse([]byte(source), Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// plannedFile returns a planned file, also if some cells have no baseline.
func plannedFile(t *testing.T, source string) *file {
	t.Helper()
	d := newDecoder([]byte(source), Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4})
	root := d.document([]byte(source))
	if root == nil {
		t.Fatal(d.problems)
	}
	f := d.file(root)
	if len(d.problems) > 0 {
		t.Fatal(sorted(d.problems))
	}
	f.plan()
	return f
}
