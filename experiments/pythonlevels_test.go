package experiments

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const everyInterpreter = `name: x
workload: {files: 1}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: [py, other]}
baseline: {strategy: sequential}
commands:
  py: {operation: write, run: ["{python}", x.py]}
  other: {operation: write, run: [cp, x]}
`

// TestFoundInterpreters checks the level found: the levels that it stands for, that Parse
// searches once, and only if the file has this level.
func TestFoundInterpreters(t *testing.T) {
	for _, test := range []struct {
		set, only []string
		want      []string // the levels of the axis python
		searches  int
	}{
		{nil, nil, []string{"", "", ""}, 0},
		{[]string{"grid.python=python3.9"}, nil, []string{"", "python3.9", ""}, 0},
		{[]string{"grid.python=found"}, nil, []string{"", "python3.9", "/opt/python3.9", ""}, 1},
		{[]string{"grid.python=/opt/python3.9,found,pypy3"}, nil, []string{"", "/opt/python3.9", "python3.9", "pypy3", ""}, 1},
		{[]string{"grid.python=python3.9,python3.10"}, []string{"python=found"}, []string{"", "python3.9"}, 1},
	} {
		searches := 0
		e, err := Parse([]byte(everyInterpreter), Options{
			File: "x.yaml", Catalogue: testCatalogue, CPUs: 4, Set: test.set, Only: test.only,
			Interpreters: func() []string {
				searches++
				return []string{"python3.9", "/opt/python3.9"}
			},
		})
		if err != nil {
			t.Errorf("%v, %v: %v", test.set, test.only, err)
			continue
		}
		if len(e.Warnings) > 0 {
			t.Errorf("%v, %v: got the warnings %v, want none", test.set, test.only, e.Warnings)
		}
		var got []string
		for _, c := range e.Cells {
			got = append(got, c.Level(Python))
		}
		if !slices.Equal(got, test.want) || searches != test.searches || (e.Found != nil) != (searches > 0) {
			t.Errorf("%v, %v: got the levels %q and %d searches, want %q and %d", test.set, test.only, got, searches, test.want, test.searches)
		}
	}
}

// TestFoundWithoutInterpreters checks found if PATH has no interpreter, and without a search.
func TestFoundWithoutInterpreters(t *testing.T) {
	opt := Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4, Set: []string{"grid.python=found"}, Interpreters: func() []string { return nil }}
	const want = "--set grid.python=found: python: found stands for the interpreters in PATH, and there are none: install python3, or name an interpreter"
	if _, err := Parse([]byte(everyInterpreter), opt); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	opt.Interpreters = nil
	e, err := Parse([]byte(everyInterpreter), opt)
	if err != nil || len(e.Cells) != 3 || e.Cells[1].Level(Python) != "found" {
		t.Errorf("got %v, %v, want a cell with the level found", e, err)
	}
	const without = "no block of the grid has the axis"
	if _, err := Parse([]byte(strings.ReplaceAll(everyInterpreter, "{python}", "python3")), opt); err == nil || !strings.Contains(err.Error(), without) {
		t.Errorf("got %v, want %q: no command has an interpreter", err, without)
	}
}

// TestInterpretersAreChecked checks that found leaves out what cannot be a level, that a search
// without a result is not repeated, and that a file may not have too many interpreters.
func TestInterpretersAreChecked(t *testing.T) {
	searches := 0
	var found []string
	opt := Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4, Set: []string{"grid.python=found"}, Interpreters: func() []string {
		searches++
		return found
	}}
	found = []string{"/a\nb/python3", "", "/" + strings.Repeat("x", maxCustomBytes), "python3.9", "/\x1b[31m", "python3.9"}
	e, err := Parse([]byte(everyInterpreter), opt)
	if err != nil || !slices.Equal(e.Found, []string{"python3.9"}) || e.Cells[1].Level(Python) != "python3.9" {
		t.Errorf("got %v, %v, want the level python3.9 alone", e, err)
	}
	for i := range maxPythons + 5 {
		found = append(found, fmt.Sprint("python", i))
	}
	if e, err = Parse([]byte(everyInterpreter), opt); err != nil || len(e.Found) != maxPythons {
		t.Errorf("got %v, %v, want %d levels", e, err, maxPythons)
	}
	searches, found = 0, []string{"", "\n"}
	blocks := strings.Repeat("  - {operation: write, strategy: py, python: found}\n", 20)
	if _, err := Parse([]byte(strings.Replace(everyInterpreter, "baseline:", blocks+"baseline:", 1)), opt); err == nil || searches != 1 {
		t.Errorf("got %v and %d searches, want an error and 1 search", err, searches)
	}
	opt.Set = nil
	var levels strings.Builder
	for i := range maxPythons/2 + 1 {
		fmt.Fprintf(&levels, "  - {operation: write, strategy: py, python: [a%d, b%d]}\n", i, i)
	}
	const want = "x.yaml:56:46: python: the file has more than 100 interpreters"
	if _, err := Parse([]byte(strings.Replace(everyInterpreter, "baseline:", levels.String()+"baseline:", 1)), opt); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
