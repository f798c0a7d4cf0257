package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A wall says what a package may import. The walls are transitive: what one
// package may not import, it may not reach through another.
type wall struct {
	of  string   // below the module
	may []string // packages of this module that it may reach
	why string
}

// belowAnalysis is what all that is made from a journal rests on.
var belowAnalysis = []string{"experiments", "journal", "internal/durable", "internal/estimate", "internal/fault", "internal/format", "internal/markdown", "internal/oneline", "internal/regular"}

var walls = []wall{
	{"experiments", nil, "whoever generates or checks experiment files can use the format without the machinery; it is given a catalogue instead"},
	{"operations", []string{"internal/dirio", "internal/regular", "internal/workload"}, "an operation that knew its strategy could behave differently under it, and the comparison would mean nothing"},
	{"strategies", []string{"operations", "internal/dirio", "internal/regular", "internal/ring", "internal/workload"}, "a strategy schedules items and must not learn what an experiment, a trial or a workspace is"},
	{"journal", []string{"internal/durable", "internal/fault", "internal/regular"}, "the record of a run must be readable by a program that can do nothing else, and whatever lies in its place must not stop it"},
	{"analysis", belowAnalysis, "what a run says follows from its journal alone, on any machine, and is no business of what shows it"},
	{"analysis/compare", slices.Concat([]string{"analysis"}, belowAnalysis), "two runs are compared by their journals: neither is run, and none is held against what was published"},
	{"analysis/reproduce", slices.Concat([]string{"analysis"}, belowAnalysis), "a published table is judged by the journal: nothing is run for it"},
	{"analysis/analysistest", []string{"journal", "internal/durable", "internal/fault", "internal/regular"}, "it is for tests: sample journals take nothing that is tested by them"},
	{"reports", slices.Concat([]string{"analysis", "analysis/compare", "analysis/reproduce", "reports/plot", "reports/table"}, belowAnalysis), "a report never runs anything and computes nothing: it shows an analysis, which is made again from the journal alone"},
	{"reports/plot", slices.Concat([]string{"analysis", "analysis/reproduce"}, belowAnalysis), "a picture shows an analysis; that there are tables is no business of it"},
	{"reports/table", []string{"internal/estimate", "internal/format", "internal/markdown", "internal/oneline"}, "a table is columns and rows, whatever they are of"},
	{"internal/checkup", []string{"internal/dirio", "internal/oneline", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units"}, "it looks at a machine before there is an experiment; whether files can be cold it finds out by the means of the trials"},
	{"internal/dirio", []string{"internal/regular"}, "files and directories are opened alike by whoever measures and whoever looks on"},
	{"internal/durable", nil, "it is a leaf"},
	{"internal/estimate", nil, "numbers in, numbers out: the statistics are tested against published figures without a run"},
	{"internal/fault", nil, "it is a leaf"},
	{"internal/format", []string{"internal/estimate", "internal/oneline"}, "figures as people read them, the same wherever they are shown"},
	{"internal/markdown", []string{"internal/oneline"}, "text of others is no markup, whoever shows it"},
	{"internal/oneline", nil, "it is a leaf"},
	{"internal/process", nil, "processes are started and ended in the same way, whatever they do"},
	{"internal/regular", nil, "it is a leaf"},
	{"internal/ring", nil, "it is a leaf"},
	{"internal/sysinfo", nil, "it is a leaf"},
	{"internal/workload", []string{"internal/dirio", "internal/regular"}, "what the items are must not depend on what is done with them"},
	{"internal/units", nil, "it is a leaf"},
	{"internal/workspace", []string{"internal/dirio", "internal/regular"}, "the only code that deletes directories must be readable as a whole"},
	{"runner", []string{"runner/preflight", "runner/schedule", "runner/trial", "experiments", "operations", "strategies", "journal", "internal/checkup", "internal/dirio", "internal/durable", "internal/estimate", "internal/fault", "internal/oneline", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "a run does not depend on how its results are shown"},
	{"runner/catalogue", []string{"experiments", "operations", "strategies", "internal/dirio", "internal/regular", "internal/ring", "internal/workload"}, "it tells the parser of experiment files what this build can do, and is all that knows of both"},
	{"runner/preflight", []string{"experiments", "journal", "operations", "strategies", "runner/schedule", "internal/dirio", "internal/durable", "internal/estimate", "internal/fault", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "it looks at the machine before the first trial, and does not run one"},
	{"runner/schedule", []string{"experiments", "journal", "internal/durable", "internal/estimate", "internal/fault", "internal/regular", "internal/units"}, "which trial is next is decided by the experiment and the journal alone, so that a resumed run goes on as it would have; of statistics it asks how certain a speed-up is"},
	{"runner/trial", []string{"journal", "operations", "strategies", "internal/dirio", "internal/durable", "internal/fault", "internal/oneline", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "a trial is told all that it needs, and knows neither the experiment nor the plan that it is of"},
}

// thirdParties are walls around packages that are to have few dependencies.
var thirdParties = map[string][]string{
	"experiments": {"gopkg.in/yaml.v3"},
}

// notDirectly are imports that a package may reach through others and not have itself.
var notDirectly = map[string]string{
	"reports":       "internal/estimate",
	"reports/plot":  "internal/estimate",
	"reports/table": "internal/estimate",
}

// A listed package, as go list -json has it.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
	Error      *struct{ Err string }
}

const module = "iosweep/"

// TestWalls keeps the walls of the architecture on every system: a file of one
// system may import what another's may not see.
func TestWalls(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			packages := listPackages(t, system)
			for _, w := range walls {
				p, ok := packages[module+w.of]
				if !ok {
					t.Errorf("there is no package %s: take its wall away or put it right", w.of)
					continue
				}
				for _, dep := range p.Deps {
					if below, ours := strings.CutPrefix(dep, module); ours && !slices.Contains(w.may, below) {
						t.Errorf("%s reaches %s and may reach %q: %s", w.of, below, w.may, w.why)
					}
				}
			}
			for path, p := range packages {
				below, ours := strings.CutPrefix(path, module)
				if !ours {
					continue
				}
				if allowed, ok := thirdParties[below]; ok {
					checkThirdParties(t, p, packages, allowed)
				}
				if not, ok := notDirectly[below]; ok && slices.Contains(p.Imports, module+not) {
					t.Errorf("%s imports %s itself: it is to show numbers, not to compute any", below, not)
				}
				if slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, module+"cmd/") }) {
					t.Errorf("%s imports a command: nothing may", below)
				}
				if !strings.HasPrefix(below, "cmd/") && below != "docs" && !slices.ContainsFunc(walls, func(w wall) bool { return w.of == below }) {
					t.Errorf("%s has no wall: say in walls what it may import, and why", below)
				}
			}
		})
	}
}

func checkThirdParties(t *testing.T, p listed, packages map[string]listed, allowed []string) {
	t.Helper()
	for _, dep := range p.Deps {
		d, known := packages[dep]
		if !known {
			t.Errorf("go list does not know %s", dep)
		}
		if !d.Standard && !strings.HasPrefix(dep, module) && !slices.Contains(allowed, dep) {
			t.Errorf("%s reaches %s and may reach of third parties only %q", p.ImportPath, dep, allowed)
		}
	}
}

// listPackages asks the go command for this module's packages and all that they
// need, as they are built for a system.
func listPackages(t *testing.T, system string) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps,Standard,Error", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Error != nil {
			t.Fatalf("%s: %s", p.ImportPath, p.Error.Err)
		}
		packages[p.ImportPath] = p
	}
}

// directories are the functions that make or remove directories, of os, os.Root
// and unix.
var directories = []string{"Mkdir", "MkdirAll", "MkdirTemp", "Mkdirat", "RemoveAll", "Rmdir"}

// directoryCalls finds where a file makes or removes directories by itself. It
// goes by the names alone, whatever they are selected from, with one exception:
// operations.Dirs, a field of that name, through which the workspace does it.
func directoryCalls(file *ast.File) (found []*ast.SelectorExpr) {
	ast.Inspect(file, func(n ast.Node) bool {
		selected, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(directories, selected.Sel.Name) {
			return true
		}
		if from, ok := selected.X.(*ast.SelectorExpr); !ok || from.Sel.Name != "Dirs" {
			found = append(found, selected)
		}
		return true
	})
	return found
}

// TestOnlyTheWorkspaceMakesAndRemovesDirectories: benchmark tools have deleted
// people's data. Here the code that could is one package, small enough to be
// read before it is trusted.
func TestOnlyTheWorkspaceMakesAndRemovesDirectories(t *testing.T) {
	root := filepath.Join("..", "..")
	guardian := filepath.Join(root, "internal", "workspace")
	files, inGuardian := 0, 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		for _, call := range directoryCalls(file) {
			if filepath.Dir(path) == guardian {
				inGuardian++
				continue
			}
			t.Errorf("%v: %s: only internal/workspace makes and removes directories", set.Position(call.Pos()), call.Sel.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 || inGuardian == 0 {
		t.Errorf("%d files read, %d calls found in internal/workspace: the walk has missed the code", files, inGuardian)
	}
}

func TestDirectoryCallsAreFound(t *testing.T) {
	const source = `package x
import sys "os"
func f(r *sys.Root, site operations.Site) {
	sys.Mkdir("a", 0)
	make := sys.MkdirAll
	r.RemoveAll("b")
	site.Dirs.Mkdir("c") // the workspace does it
	// os.RemoveAll("in a comment")
	print("os.RemoveAll")
}`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, call := range directoryCalls(file) {
		names = append(names, call.Sel.Name)
	}
	if expected := []string{"Mkdir", "MkdirAll", "RemoveAll"}; !slices.Equal(names, expected) {
		t.Errorf("found %v, expected %v", names, expected)
	}
}
