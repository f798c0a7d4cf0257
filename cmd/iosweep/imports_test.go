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

// An importRule lists the packages that a package may import. The rules are transitive: a
// package must not import other packages indirectly, either.
type importRule struct {
	pkg     string   // path within the module
	allowed []string // packages of this module that it may import
	reason  string
}

// belowAnalysis are the packages that analyses and reports of a journal may import.
var belowAnalysis = []string{"experiments", "journal", "internal/durable", "internal/estimate", "internal/fault", "internal/format", "internal/lazyregexp", "internal/markdown", "internal/oneline", "internal/parallel", "internal/regular", "internal/shell", "internal/units"}

var importRules = []importRule{
	{"experiments", []string{"internal/lazyregexp", "internal/shell"}, "a program that generates or checks experiment files must not need operations and strategies; it passes a catalogue instead"},
	{"operations", []string{"internal/dirio", "internal/oneline", "internal/parallel", "internal/regular", "internal/workload"}, "an operation that knew its strategy could behave differently under it, which would make the comparison invalid"},
	{"strategies", []string{"operations", "internal/dirio", "internal/oneline", "internal/parallel", "internal/regular", "internal/ring", "internal/workload"}, "a strategy schedules items and must not depend on experiments, trials or workspaces"},
	{"journal", []string{"internal/durable", "internal/fault", "internal/regular"}, "a program that only reads journals must not need other packages; special files in place of a journal must not block it"},
	{"cluster", []string{"experiments", "journal", "runner/schedule", "internal/dirio", "internal/durable", "internal/estimate", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/regular", "internal/shell", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "it divides plans and puts journals together; the runner runs a shard as any other plan"},
	{"analysis", belowAnalysis, "the results of a run depend on its journal only, on any machine, and not on the reports"},
	{"analysis/gate", slices.Concat([]string{"analysis"}, belowAnalysis), "a gate looks at verdicts that an analysis has computed, and chooses no exit code"},
	{"analysis/compare", slices.Concat([]string{"analysis", "analysis/gate"}, belowAnalysis), "two runs are compared by their journals; no trial is run, and published tables are not involved"},
	{"analysis/reproduce", slices.Concat([]string{"analysis"}, belowAnalysis), "a published table is compared with the journal; no trial is run"},
	{"analysis/analysistest", []string{"journal", "internal/durable", "internal/fault", "internal/regular"}, "it makes sample journals for tests and must not depend on the tested packages"},
	{"cluster/slurmtest", nil, "it runs the daemons of Slurm for tests, and must not depend on the tested packages"},
	{"reports", slices.Concat([]string{"analysis", "analysis/compare", "analysis/gate", "analysis/reproduce", "reports/html", "reports/plot", "reports/table"}, belowAnalysis), "a report shows an analysis, which depends on the journal only; it runs no trials and computes no statistics"},
	{"bundle", slices.Concat([]string{"analysis", "analysis/compare", "analysis/gate", "analysis/reproduce", "reports", "reports/html", "reports/plot", "reports/table"}, belowAnalysis), "a bundle is written and verified from a journal and its reports; it runs no trials"},
	{"packaging", nil, "it builds and installs a release by its scripts"},
	{"reports/plot", slices.Concat([]string{"analysis", "analysis/reproduce"}, belowAnalysis), "a picture shows an analysis and does not depend on the tables"},
	{"reports/html", []string{"reports/table", "internal/estimate", "internal/format", "internal/lazyregexp", "internal/markdown", "internal/oneline", "internal/units"}, "a page is made of titles, tables and pictures, independent of their meaning"},
	{"reports/table", []string{"internal/estimate", "internal/format", "internal/markdown", "internal/oneline", "internal/units"}, "a table is made of columns and rows, independent of their meaning"},
	{"internal/ceilings", []string{"journal", "internal/dirio", "internal/durable", "internal/fault", "internal/oneline", "internal/regular", "internal/sysinfo", "internal/units", "internal/workspace"}, "it measures a machine without an experiment, and creates and opens files with the same code as trials"},
	{"internal/checkup", []string{"internal/dirio", "internal/oneline", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units"}, "it checks a machine without an experiment; it tests the page cache with the same code as trials"},
	{"internal/dirio", []string{"internal/oneline", "internal/regular"}, "trials and checks open files and directories in the same way"},
	{"internal/durable", nil, "it is a leaf"},
	{"internal/estimate", nil, "statistics depend on numbers only, and are tested against published values without a run"},
	{"internal/fault", nil, "it is a leaf"},
	{"internal/format", []string{"internal/estimate", "internal/oneline", "internal/units"}, "figures have the same format in all reports"},
	{"internal/hyperfine", []string{"internal/lazyregexp", "internal/shell"}, "it converts a text to a text, and does not depend on the parser that checks the result"},
	{"internal/lazyregexp", nil, "it is a leaf"},
	{"internal/markdown", []string{"internal/oneline"}, "foreign text must be escaped in the same way in all reports"},
	{"internal/oneline", nil, "it is a leaf"},
	{"internal/parallel", nil, "it is a leaf"},
	{"internal/process", nil, "all processes are started and ended in the same way"},
	{"internal/python", []string{"journal", "internal/durable", "internal/fault", "internal/oneline", "internal/process", "internal/regular"}, "an interpreter is described by running it, independent of experiments"},
	{"internal/regular", nil, "it is a leaf"},
	{"internal/ring", nil, "it is a leaf"},
	{"internal/shell", nil, "it is a leaf"},
	{"internal/sysinfo", nil, "it is a leaf"},
	{"internal/workload", []string{"internal/dirio", "internal/oneline", "internal/parallel", "internal/regular"}, "the items must not depend on the operations"},
	{"internal/units", nil, "it is a leaf"},
	{"internal/workspace", []string{"internal/dirio", "internal/oneline", "internal/regular"}, "the only code that deletes directories must be small enough to review"},
	{"runner", []string{"runner/preflight", "runner/program", "runner/schedule", "runner/trial", "experiments", "operations", "strategies", "journal", "internal/ceilings", "internal/checkup", "internal/dirio", "internal/durable", "internal/estimate", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/process", "internal/python", "internal/regular", "internal/ring", "internal/shell", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "a run does not depend on the reports"},
	{"runner/catalogue", []string{"experiments", "operations", "strategies", "internal/dirio", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/regular", "internal/ring", "internal/shell", "internal/workload"}, "it tells the parser which operations and strategies exist, and is the only package that imports both"},
	{"runner/schedule", []string{"experiments", "journal", "internal/durable", "internal/dirio", "internal/estimate", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/regular", "internal/shell", "internal/units", "internal/workload"}, "the next trial depends on the experiment and the journal only, so that a resumed run continues as if it had not stopped; it needs statistics to know how precise a speed-up is, and workloads to compare their sizes with printed ones"},
	{"runner/preflight", []string{"experiments", "journal", "operations", "strategies", "runner/program", "runner/schedule", "internal/dirio", "internal/durable", "internal/estimate", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/process", "internal/python", "internal/regular", "internal/ring", "internal/shell", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "it checks the machine before the first trial and runs no trial"},
	{"runner/program", []string{"journal", "internal/dirio", "internal/durable", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/process", "internal/regular"}, "a revision of a program is found and cloned, and an outcome is verified, independent of experiments"},
	{"runner/trial", []string{"journal", "operations", "strategies", "runner/program", "internal/dirio", "internal/durable", "internal/fault", "internal/lazyregexp", "internal/oneline", "internal/parallel", "internal/process", "internal/regular", "internal/ring", "internal/sysinfo", "internal/units", "internal/workload", "internal/workspace"}, "a trial gets everything that it needs in its spec, and does not depend on the experiment or the plan"},
}

// thirdParties are the other modules that a package may import. Packages that are not listed
// may import any.
var thirdParties = map[string][]string{
	"experiments": {"gopkg.in/yaml.v3", "github.com/expr-lang/expr", "mvdan.cc/sh/v3/fileutil", "mvdan.cc/sh/v3/syntax"},
}

// notDirectly are packages that a package may import only through others.
var notDirectly = map[string]string{
	"reports":       "internal/estimate",
	"reports/html":  "internal/estimate",
	"reports/plot":  "internal/estimate",
	"reports/table": "internal/estimate",
}

// A listed package is part of the output of go list -json.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
	Error      *struct{ Err string }
}

const module = "iosweep/"

// TestImportRules checks the imports for every system, because files for one system are not
// part of the packages on another.
func TestImportRules(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			packages := listPackages(t, system)
			for _, rule := range importRules {
				p, ok := packages[module+rule.pkg]
				if !ok {
					t.Errorf("there is no package %s: remove or correct its import rule", rule.pkg)
					continue
				}
				for _, dep := range p.Deps {
					if below, ours := strings.CutPrefix(dep, module); ours && !slices.Contains(rule.allowed, below) {
						t.Errorf("%s imports %s, but may import only %q: %s", rule.pkg, below, rule.allowed, rule.reason)
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
					t.Errorf("%s imports %s directly, but reports must not compute numbers", below, not)
				}
				if slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, module+"cmd/") }) {
					t.Errorf("%s imports a command, which no package may do", below)
				}
				if !strings.HasPrefix(below, "cmd/") && below != "docs" && !slices.ContainsFunc(importRules, func(rule importRule) bool { return rule.pkg == below }) {
					t.Errorf("%s has no import rule: add one to importRules, with the reason", below)
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
			t.Errorf("go list does not list %s", dep)
		}
		isAllowed := func(m string) bool { return dep == m || strings.HasPrefix(dep, m+"/") }
		if !d.Standard && !strings.HasPrefix(dep, module) && !slices.ContainsFunc(allowed, isAllowed) {
			t.Errorf("%s imports %s, but may import of other modules only %q", p.ImportPath, dep, allowed)
		}
	}
}

// listPackages returns the packages of this module and all their dependencies, as built for a
// system.
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

// directories are the functions of os, os.Root and unix that make or remove directories.
var directories = []string{"Mkdir", "MkdirAll", "MkdirTemp", "Mkdirat", "RemoveAll", "Rmdir"}

// directoryCalls finds the code that makes or removes directories. It compares the names of
// selectors only. The exception is a field Dirs (of type operations.Dirs), through which the
// workspace makes the directories.
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

// TestOnlyWorkspaceMakesAndRemovesDirectories: benchmark tools have deleted people's data.
// Here only one package can do that, and it is small enough to review.
func TestOnlyWorkspaceMakesAndRemovesDirectories(t *testing.T) {
	root := filepath.Join("..", "..")
	workspaceDir := filepath.Join(root, "internal", "workspace")
	files, inWorkspace := 0, 0
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
			if filepath.Dir(path) == workspaceDir {
				inWorkspace++
				continue
			}
			t.Errorf("%v: %s: only internal/workspace makes and removes directories", set.Position(call.Pos()), call.Sel.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 || inWorkspace == 0 {
		t.Errorf("%d files read, %d calls found in internal/workspace: the test did not find the code", files, inWorkspace)
	}
}

func TestDirectoryCallsAreFound(t *testing.T) {
	const source = `package x
import sys "os"
func f(r *sys.Root, site operations.Site) {
	sys.Mkdir("a", 0)
	make := sys.MkdirAll
	r.RemoveAll("b")
	site.Dirs.Mkdir("c") // makes it through the workspace
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
	if want := []string{"Mkdir", "MkdirAll", "RemoveAll"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
