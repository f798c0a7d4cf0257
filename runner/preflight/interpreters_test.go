//go:build unix

package preflight

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/python"
	"iosweep/runner/schedule"
)

// environments makes two virtual environments in PATH. Only the second has the module
// iosweep_sample. It returns their interpreters.
func environments(t *testing.T) (without, with string) {
	t.Helper()
	program, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("it needs python3")
	}
	dir := t.TempDir()
	for _, name := range []string{"without", "with"} {
		if out, err := exec.Command(program, "-m", "venv", "--without-pip", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Skipf("%v makes no virtual environment: %v\n%s", program, err, out)
		}
	}
	packages, err := filepath.Glob(filepath.Join(dir, "with", "lib", "*", "site-packages"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("the packages are in %q, %v", packages, err)
	}
	if err := os.WriteFile(filepath.Join(packages[0], "iosweep_sample.py"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(dir, "without", "bin")+":"+filepath.Join(dir, "with", "bin"))
	return filepath.Join(dir, "without", "bin", "python3"), filepath.Join(dir, "with", "bin", "python3")
}

// TestDefaultInterpreter checks that {python} is the first python3 that imports the modules of
// all commands or, if there is none, the first python3.
func TestDefaultInterpreter(t *testing.T) {
	without, with := environments(t)
	const head = "name: x\nworkload: {files: 1}\nbaseline: {strategy: sequential}\ngrid: {operation: write, strategy: [sequential, a, b]}\ncommands:\n  a: {operation: write, run: ['{python}', x.py]}\n"
	for _, test := range []struct {
		modules string
		want    string
		skipped []string
	}{
		{"[json]", without, []string{"", "", ""}},
		{"[json, iosweep_sample]", with, []string{"", "", ""}},
		{"[iosweep_sample, iosweep_no_such_module]", without, []string{"", "", "cannot import iosweep_sample and iosweep_no_such_module, which the command needs; install the package that provides iosweep_sample and iosweep_no_such_module for " + without}},
	} {
		p := prepareSource(t, head+"  b: {operation: write, run: ['{python}', x.py], modules: "+test.modules+"}\n")
		for i, want := range test.skipped {
			if got := p.Cells[i].Skip; (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s, cell %d: got the reason %q, want %q", test.modules, i, got, want)
			}
		}
		cells := p.Plan.Experiment.Cells
		if got := p.Python(cells[1]); got != test.want {
			t.Errorf("%s: got %s, want %s", test.modules, got, test.want)
		}
		if len(p.Interpreters) != 1 || p.Interpreters[0].Program != "" || p.Interpreters[0].Executable != test.want {
			t.Errorf("%s: got %+v, want one interpreter, %s", test.modules, p.Interpreters, test.want)
		}
	}
}

// TestNamedInterpreters checks levels of the axis python: a path, a name in PATH, and a missing
// program.
func TestNamedInterpreters(t *testing.T) {
	without, with := environments(t)
	p := prepareSource(t, "name: x\nworkload: {files: 1}\nbaseline: {strategy: sequential}\ncommands: {a: {operation: write, run: ['{python}', x.py], modules: [iosweep_sample]}}\n"+
		"grid:\n  - {operation: write, strategy: sequential}\n  - {operation: write, strategy: a, python: [python3, "+with+", python3.99]}\n")
	var skipped []bool
	for _, c := range p.Cells {
		skipped = append(skipped, c.Skip != "")
	}
	if want := []bool{false, true, false, true}; !slices.Equal(skipped, want) {
		t.Fatalf("got the skipped cells %v, want %v", skipped, want)
	}
	if got, want := p.Cells[1].Skip, without; !strings.Contains(got, want) {
		t.Errorf("got %q, want a reason that names %s", got, want)
	}
	if got, want := p.Cells[3].Skip, `python3.99 is not installed (the command "a" runs it)`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(p.Interpreters) != 1 || p.Interpreters[0].Program != with || !slices.Equal(p.Interpreters[0].Commands, []string{"a"}) {
		t.Errorf("got %+v, want %s", p.Interpreters, with)
	}
}

// TestProgramIsNoInterpreter checks that a program with the name of an interpreter may be
// anything.
func TestProgramIsNoInterpreter(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\nexit 3\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	p := prepareSource(t, "name: x\nworkload: {files: 1}\nbaseline: {strategy: sequential}\ngrid: {operation: write, strategy: [sequential, a, b]}\ncommands:\n"+
		"  a: {operation: write, run: [python3, x.py]}\n  b: {operation: write, run: ['{python}', x.py]}\n")
	if p.Cells[1].Skip != "" || len(p.Interpreters) != 0 {
		t.Errorf("got the reason %q and %+v, want neither", p.Cells[1].Skip, p.Interpreters)
	}
	if want := "does not run: exit status 3"; !strings.Contains(p.Cells[2].Skip, want) {
		t.Errorf("got the reason %q, want %q", p.Cells[2].Skip, want)
	}
}

// TestProgramIsAskedInItsEnvironment checks that a program is asked in the environment of its
// command, in which a shim may choose another interpreter. Inspect asks no program.
func TestProgramIsAskedInItsEnvironment(t *testing.T) {
	dir := t.TempDir()
	const shim = `#!/bin/sh
echo asked >> "${0%/*}/log"
echo "{\"executable\": \"$0\", \"version\": \"3.$PICKED\", \"implementation\": \"CPython\"}"
`
	if err := os.WriteFile(filepath.Join(dir, "python3"), []byte(shim), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	const source = "name: x\nworkload: {files: 1}\nbaseline: {strategy: sequential}\ngrid: {operation: write, strategy: [sequential, a, b, c, d]}\ncommands:\n" +
		"  a: {operation: write, run: [python3, x.py], env: {PICKED: '91'}}\n  b: {operation: write, run: [python3, x.py], env: {PICKED: '92'}}\n" +
		"  c: {operation: write, run: [python3, x.py], env: {PICKED: '91'}}\n  d: {operation: write, run: ['{python}', x.py], modules: [iosweep_no_such_module]}\n"
	plan := schedule.NewPlan(parse(t, source+"workspace: "+dir+"\n"))
	p, err := Inspect(t.Context(), plan, Base{Here: dir, Dir: dir}, func(string) {})
	if err != nil || len(p.Missing) > 0 || p.Python(plan.Experiment.Cells[4]) != filepath.Join(dir, "python3") {
		t.Errorf("Inspect: got %+v, %v, want {python} as the file in PATH", p, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "log")); err == nil {
		t.Error("Inspect has started the interpreter")
	}
	p = prepareSource(t, source)
	var got []string
	for _, in := range p.Interpreters {
		got = append(got, in.Version+" "+strings.Join(in.Commands, " "))
	}
	if want := []string{"3.91 a c", "3.92 b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if want := 4; err != nil || strings.Count(string(log), "asked") != want { // one start for each environment, one for the modules
		t.Errorf("got %q, %v, want %d starts", log, err, want)
	}
}

// TestDescribeMissing checks that the advice to install a package is only about modules that are
// not found.
func TestDescribeMissing(t *testing.T) {
	absent := python.Missing{Module: "yaml", Why: "ModuleNotFoundError: no yaml", NotFound: true}
	broken := python.Missing{Module: "old", Why: "SyntaxError: line\n2"}
	const end = ", or name another interpreter with --set grid.python=PROGRAM"
	for _, test := range []struct {
		list []python.Missing
		want string
	}{
		{nil, ""},
		{[]python.Missing{absent}, "/p (CPython 3.9) cannot import yaml, which the command needs; install the package that provides yaml for /p (for aiofiles and Debian's python3: python3-aiofiles)" + end},
		{[]python.Missing{broken}, "/p (CPython 3.9) cannot import old (SyntaxError: line 2), which the command needs" + end},
	} {
		if got := describeMissing("/p", "CPython 3.9", test.list, nil); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func prepareSource(t *testing.T, source string) *Prepared {
	t.Helper()
	dir := t.TempDir()
	p, err := Prepare(t.Context(), schedule.NewPlan(parse(t, source+"workspace: "+dir+"\n")), Base{Here: dir, Dir: dir}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
