package experiments

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func parse(t *testing.T, source string, set ...string) *Experiment {
	t.Helper()
	e, err := Parse([]byte(source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4, Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const minimal = "name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: sequential}\n"

func TestDefaults(t *testing.T) {
	e := parse(t, minimal)
	want := Workload{Files: 3, Content: "rows", Lines: 5000, Values: 10, Size: 4096}
	if e.Workload != want {
		t.Errorf("got workload %+v, want %+v", e.Workload, want)
	}
	if e.Trials.Repeats != 5 || e.Trials.Warmup != 1 || e.Trials.Order != Shuffled || e.Trials.Seed != 1 || e.Trials.Timeout.Minutes() != 10 {
		t.Errorf("got trials %+v", e.Trials)
	}
	if e.Workspace != "." || e.Budget != 0 || e.Reports.X != Workers.String() {
		t.Errorf("got workspace %q, budget %v, x %v", e.Workspace, e.Budget, e.Reports.X)
	}
}

func TestSizes(t *testing.T) {
	for _, test := range []struct {
		text string
		want int64 // -1: refused
	}{
		{"0", 0},
		{"1", 1},
		{"7B", 7},
		{"2KB", 2000},
		{"2 KiB", 2048},
		{"3MB", 3e6},
		{"3MiB", 3 << 20},
		{"4GB", 4e9},
		{"4GiB", 4 << 30},
		{"9223372036854775807", math.MaxInt64},
		{"9223372036854775808", -1},
		{"8589934591GiB", 8589934591 << 30},
		{"8589934592GiB", -1},
		{"-1", -1},
		{"010", -1},
		{"1e3", -1},
		{"4k", -1},
		{"KiB", -1},
		{"", -1},
	} {
		d := newDecoder(nil, Options{Catalogue: testCatalogue})
		got, ok := d.size("size", &yaml.Node{Kind: yaml.ScalarNode, Value: test.text}, "")
		if want := max(test.want, 0); ok != (test.want >= 0) || got != want || ok != (len(d.problems) == 0) {
			t.Errorf("size %q: got %d, %v, want %d; problems: %v", test.text, got, ok, test.want, d.problems)
		}
	}
}

func TestRangeLengthEqualsLevelCount(t *testing.T) {
	for _, test := range []struct {
		from, to, step, times int64
		want                  string
	}{
		{1, 8, 1, 0, "1 2 3 4 5 6 7 8"},
		{1, 8, 3, 0, "1 4 7"},
		{5, 5, 9, 0, "5"},
		{-3, 3, 3, 0, "-3 0 3"},
		{1, 64, 0, 2, "1 2 4 8 16 32 64"},
		{3, 63, 0, 2, "3 6 12 24 48"},
		{math.MaxInt64 - 1, math.MaxInt64, 1, 0, "9223372036854775806 9223372036854775807"},
		{math.MaxInt64 / 2, math.MaxInt64, 0, 2, "4611686018427387903 9223372036854775806"},
	} {
		levels := rangeLevels(nil, test.from, test.to, test.step, test.times)
		if got := strings.Join(levelTexts(levels), " "); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
	if n := rangeLength(math.MinInt64, math.MaxInt64, 1, 0); n != math.MaxInt64 {
		t.Errorf("range of all numbers: got length %d, want %d", n, math.MaxInt64)
	}
	if n := rangeLength(1, math.MaxInt64, 0, 2); n != 63 {
		t.Errorf("range of the powers of two: got length %d, want 63", n)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"workers", "write", "read", "copy", "processes", "processes+threads"}
	for found, want := range map[string]string{
		"worker":                 "workers",
		"wokrers":                "workers",
		"WORKERS":                "workers",
		"wirte":                  "write",
		"reed":                   "read",
		"raed":                   "read",
		"cp":                     "",
		"":                       "",
		"process":                "processes",
		"processes-threads":      "processes+threads",
		"something else":         "",
		strings.Repeat("a", 500): "",
	} {
		if got := Nearest(found, names); got != want {
			t.Errorf("nearest of %q: got %q, want %q", found, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"saturday", "sunday", 3},
		{"ab", "ba", 1},
		{"write", "wirte", 1},
		{"abcd", "acbd", 1},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance from %q to %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1: "-1", -999: "-999", -1000: "-1,000",
		math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := thousands(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestCommandPlaceholders(t *testing.T) {
	c := Command{
		Run: []string{"{here}/run", "--n={workers}/{workers}", "{{{input}}}", "plain", "{unset}", "${f##*/}.${X}$${#a}", "${workers}"},
		Env: map[string]string{"B": "{cpus}", "A": "}}{{"},
	}
	values := map[string]string{"here": "/h", "workers": "3", "input": "{workers}", "cpus": "8"}
	want := []string{"/h/run", "--n=3/3", "{{workers}}", "plain", "", "${f##*/}.${X}$${#a}", "$3"}
	if diff := cmp.Diff(want, c.Argv(values)); diff != "" {
		t.Errorf("argv -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A=}{", "B=8"}, c.Environ(values)); diff != "" {
		t.Errorf("environ -want +got\n%s", diff)
	}
}

// TestSizeOfText checks that text has its own default size, which no other content uses.
func TestSizeOfText(t *testing.T) {
	for _, test := range []struct {
		workload, grid string
		want           []int64 // sizes of the cells
		file           int64   // size of the workload of the file
	}{
		{"content: text", "", []int64{11}, 11},
		{"content: text, size: 5", "", []int64{5}, 5},
		{"size: 4KiB", "content: [text, bytes]", []int64{4096, 4096}, 4096},
		{"lines: 3", "content: [text, bytes]", []int64{11, 4096}, 4096},
		{"content: text", "content: [bytes, text]", []int64{4096, 11}, 11},
		{"content: text", "size: [0, 12]", []int64{0, 12}, 11},
	} {
		e := parse(t, "name: x\nworkload: {files: 1, "+test.workload+"}\ngrid: {operation: write, strategy: sequential, "+test.grid+"}\n")
		var got []int64
		for _, c := range e.Cells {
			got = append(got, e.WorkloadOf(c).Size)
		}
		if !slices.Equal(got, test.want) || e.Workload.Size != test.file {
			t.Errorf("%s; %s: got the sizes %v and %d of the file, want %v and %d", test.workload, test.grid, got, e.Workload.Size, test.want, test.file)
		}
	}
}

func TestWorkloadOfCell(t *testing.T) {
	e := parse(t, `name: x
workload: {files: 3, lines: 7, size: 1KiB, seed: 5}
workspace: /base
grid:
  - {operation: write, strategy: sequential, content: [rows, bytes], files: [3, 4]}
  - {operation: copy, strategy: sequential, from: ./tree, workspace: /other}
`)
	rows, bytes, tree := e.Cells[0], e.Cells[2], e.Cells[len(e.Cells)-1]
	if w := e.WorkloadOf(rows); w != (Workload{Files: 3, Content: "rows", Lines: 7, Values: 10, Seed: 5}) {
		t.Errorf("workload of %v: got %+v", rows, w)
	}
	if w := e.WorkloadOf(bytes); w != (Workload{Files: 3, Content: "bytes", Size: 1024, Seed: 5}) {
		t.Errorf("workload of %v: got %+v", bytes, w)
	}
	if w := e.WorkloadOf(tree); w != (Workload{From: "./tree"}) {
		t.Errorf("workload of %v: got %+v", tree, w)
	}
	if a, b := e.WorkspaceOf(rows), e.WorkspaceOf(tree); a != "/base" || b != "/other" {
		t.Errorf("got the workspaces %s and %s, want /base and /other", a, b)
	}
	want := [][2]string{
		{"operation", "write"},
		{"strategy", "sequential"},
		{"layout", "shared"},
		{"sync", "none"},
		{"workspace", "/base"},
		{"files", "3"},
		{"size", "1024"},
		{"content", "bytes"},
		{"seed", "5"},
	}
	var got [][2]string
	for axis, level := range e.FactorsOf(bytes) {
		got = append(got, [2]string{axis, level})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("factors -want +got\n%s", diff)
	}
}

// TestUnreadable checks the values of workload.unreadable.
func TestUnreadable(t *testing.T) {
	tree := func(more string) string {
		return "name: x\nworkload: {from: ./a" + more + "}\ngrid: {operation: copy, strategy: sequential}\n"
	}
	inGrid := "name: x\nworkload: {unreadable: skip}\ngrid: {operation: copy, strategy: sequential, from: [./a, ./b]}\n"
	for _, test := range []struct {
		source         string
		set            []string
		want, warnings bool
	}{
		{tree(""), nil, false, false},
		{tree(", unreadable: refuse"), nil, false, false},
		{tree(", unreadable: skip"), nil, true, false},
		{tree(", unreadable: skip"), []string{"workload.unreadable=refuse"}, false, false},
		{tree(""), []string{"workload.unreadable=skip"}, true, false},
		{inGrid, nil, true, false},
		{minimal, []string{"workload.unreadable=skip"}, true, true},
		{minimal, []string{"workload.unreadable=skip", "workload.from=./b"}, true, false},
	} {
		e := parse(t, test.source, test.set...)
		if got := e.SkipUnreadable; got != test.want || (len(e.Warnings) > 0) != test.warnings {
			t.Errorf("%s%q: got %v and the warnings %v, want %v and %v", test.source, test.set, got, e.Warnings, test.want, test.warnings)
		}
	}
}

// TestFromOverride checks that FromOverride distinguishes a tree in the file, which is
// relative to the file, from a tree on the command line, which is relative to the working
// directory.
func TestFromOverride(t *testing.T) {
	inFile := "name: x\nworkload: {from: ./a}\ngrid: {operation: copy, strategy: sequential}\n"
	inGrid := "name: x\ngrid: {operation: copy, strategy: sequential, from: ./a}\n"
	for _, test := range []struct {
		source string
		set    []string
		want   bool
		level  string
	}{
		{inFile, nil, false, "./a"},
		{inFile, []string{"workload.from=./b"}, true, "./b"},
		{inFile, []string{"workload={from: ./b}"}, true, "./b"},
		{inGrid, nil, false, "./a"},
		{inGrid, []string{"grid.from=./b"}, true, "./b"},
		{minimal, []string{"workload.from=./b"}, true, "./b"},
	} {
		e := parse(t, test.source, test.set...)
		if got := e.FromOverride(e.Cells[0]); got != test.want || e.LevelOf(e.Cells[0], From) != test.level {
			t.Errorf("%v: got override %v and from %q, want %v and %q", test.set, got, e.LevelOf(e.Cells[0], From), test.want, test.level)
		}
	}
}

// TestOnlyReadsLevelsLikeSet checks that --only selects the levels that --set would give an axis.
func TestOnlyReadsLevelsLikeSet(t *testing.T) {
	const source = `name: x
workload: {files: 3}
grid: {operation: copy, strategy: dd, mode: ["a,b", "a|b", "a", b, "{", "it's", "c, d", "\"", "1", "2", "4", "x=y"]}
baseline: {strategy: dd}
commands: {dd: {operation: copy, run: [dd, "{mode}"]}}
`
	for _, text := range []string{
		"a", "a,b", `"a,b"`, `'a,b'`, `"a|b"`, `["a,b", a]`, `[a, 'it''s', "\""]`, `"{"`, `'it''s'`, `"c, d"`, "{from: 1, to: 4, times: 2}", "it's", `"\""`, `"x=y"`, "x=y", `[ "a|b" , it's ]`,
	} {
		levels := func(opt Options) (list []string) {
			opt.File, opt.Catalogue = "f.yaml", testCatalogue
			e, err := Parse([]byte(source), opt)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for _, c := range e.Cells {
				list = append(list, c.Level(numAxes))
			}
			slices.Sort(list)
			return list
		}
		want := levels(Options{Set: []string{"grid.mode=" + text}})
		if got := levels(Options{Only: []string{"mode=" + text}}); !slices.Equal(got, want) {
			t.Errorf("--only mode=%s selects %q, want %q", text, got, want)
		}
		if got := levels(Options{Only: []string{"strategy=dd,mode=" + text + ",operation=copy"}}); !slices.Equal(got, want) {
			t.Errorf("--only mode=%s between other axes selects %q, want %q", text, got, want)
		}
	}
}

func TestPositionsOfKeys(t *testing.T) {
	e := parse(t, minimal+"trials: {repeats: 2}\n", "budget=1h")
	for path, want := range map[string]string{
		"workload.files": "f.yaml:2:12",
		"trials.repeats": "f.yaml:4:10",
		"budget":         "--set budget=1h",
		"workload.from":  "",
	} {
		if got := e.PositionOf(path).String(); got != want {
			t.Errorf("position of %s: got %q, want %q", path, got, want)
		}
	}
}

func TestProblemsAreSorted(t *testing.T) {
	_, err := Parse([]byte("name: X\ntrials: {repeats: 0, seed: x}\nx: 1\n"), Options{File: "f.yaml", Catalogue: testCatalogue})
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 5 {
		t.Fatalf("%v", err)
	}
	sortedLines := slices.IsSortedFunc(problems, func(a, b Problem) int {
		return (a.At.Line-b.At.Line)*1000 + a.At.Column - b.At.Column
	})
	if !sortedLines {
		t.Errorf("the problems are not sorted:\n%v", err)
	}
}

// TestEmptyCatalogue checks that an empty catalogue is allowed. A program that only reads
// files has one.
func TestEmptyCatalogue(t *testing.T) {
	_, err := Parse([]byte(minimal), Options{File: "f.yaml"})
	if err == nil || !strings.Contains(err.Error(), `unknown operation "write"`) {
		t.Errorf("%v", err)
	}
}
