package hyperfine

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

// convert returns the experiment file of a command line or an export, and the experiment.
func convert(t *testing.T, b *Benchmark, err error) (string, *experiments.Experiment) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	isAxis := func(name string) bool {
		_, ok := experiments.AxisNamed(name)
		return ok
	}
	content, err := b.Experiment(Names{Strategies: []string{"sequential", "threads", "async"}, IsAxis: isAxis})
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiments.Parse(content, experiments.Options{File: "f.yaml", Catalogue: catalogue.New(), CPUs: 4})
	if err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	return string(content), e
}

// outputs runs the command of each cell and returns what it prints, with a slash after each.
func outputs(t *testing.T, e *experiments.Experiment, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, cell := range e.Cells {
		c, _ := e.Command(cell)
		values := maps.Collect(e.FactorsOf(cell))
		values["here"] = dir
		argv := c.Argv(values)
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), c.Environ(values)...)
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v", argv, err)
		}
		b.WriteString(strings.TrimSuffix(string(out), "\n") + "/")
	}
	return b.String()
}

// TestCommandLines converts command lines and runs their commands. Each prints what it prints under
// hyperfine, which replaces parameters in the text of the command.
func TestCommandLines(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in put"), []byte("content\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line string
		want []string // lines of the file
		out  string   // what the commands of the cells print
	}{
		{"hyperfine 'echo a'", []string{"trials: {repeats: 10, warmup: 0}", "    verify: none", "name: echo"}, "a/"},
		{"/usr/bin/hyperfine -w3 -r 7 'echo a' 'echo b'", []string{"trials: {repeats: 7, warmup: 3}", "  strategy: [echo, echo-2]", "baseline: {strategy: echo}"}, "a/b/"},
		{"hyperfine --warmup 2 --runs=4 -n first -n 'The Second' 'echo a' 'echo b'", []string{"  strategy: [first, the-second]"}, "a/b/"},
		{"hyperfine -P t 1 3 'echo {t}0'", []string{"  t: {from: 1, to: 3, step: 1}", "baseline: {strategy: echo, t: 1}"}, "10/20/30/"},
		{"hyperfine -P threads 1 4 -D 3 'echo {threads}'", []string{"  threads: [1, 4]"}, "1/4/"},
		{"hyperfine -D 0.2 -P delay 0.3 0.7 'echo {delay}'", []string{"  delay: [0.3, 0.5, 0.7]"}, "0.3/0.5/0.7/"},
		{"hyperfine -P x -1 1 'echo $(( 2 + {x} ))'", []string{"  x: {from: -1, to: 1, step: 1}"}, "1/2/3/"},
		{"hyperfine --parameter-list c gcc,clang -L o '-O0,-O2 -g' 'printf \"<%s>\" {c} {o}'", []string{"  c: [gcc, clang]", "  o: [-O0, '-O2 -g']"}, "<gcc><-O0>/<gcc><-O2><-g>/<clang><-O0>/<clang><-O2><-g>/"},
		{"hyperfine -L size 4k,64k 'echo {size}'", []string{"  size_value: [4k, 64k]", "# The parameter size is the axis size_value."}, "4k/64k/"},
		{"hyperfine -L level 1,9 'echo {level}'", []string{"  level: [1, 9]"}, "1/9/"},
		{"hyperfine -L Threads 0,8 'echo {Threads}'", []string{"  threads_value: [0, 8]"}, "0/8/"},
		{"hyperfine -L n 1,2 \"echo '{n}' \\\"{n}\\\" {n}{n}1\"", nil, "1 1 111/2 2 221/"},
		{`hyperfine -L v 'a b,$(echo c)' 'echo {v}'`, []string{"    run: [sh, -c, 'cd \"$1\" && echo {v}', sh, '{here}']"}, "a b/c/"},
		{`hyperfine -L v ',x\,y' 'echo "<{v}>"'`, []string{"  strategy: [echo, echo-2]"}, "<>/<x,y>/"},
		{`hyperfine "awk 'BEGIN { print 1 }'"`, nil, "1/"},
		{"hyperfine 'cat *' --input 'in put'", []string{"    run: [sh, -c, 'cd \"$1\" && cat * <''in put''', sh, '{here}']"}, "content/"},
		{"hyperfine --input 'in put' -N cat", []string{"    run: [sh, -c, 'cd \"$1\" && cat <''in put''', sh, '{here}']"}, "content/"},
		{"hyperfine --output=null --output pipe 'echo a; echo b' 'echo c'", nil, "/c/"},
		{"hyperfine -N -L n 1,2 'echo \"a b\" {n}'", []string{"    run: [env, -C, '{here}', echo, 'a b', '{n}']"}, "a b 1/a b 2/"},
		{"hyperfine -S 'bash --norc' 'echo ${BASH_VERSION:+bash}'", []string{"    run: [bash, --norc, -c, 'cd \"$1\" && echo ${{BASH_VERSION:+bash}}', sh, '{here}']"}, "bash/"},
		{"hyperfine --shell python3 -L n 1,2 'print({n})'", []string{"    run: [env, -C, '{here}', python3, -c, 'print({n})']"}, "1/2/"},
		{"hyperfine --shell=none 'pwd -P'", nil, "DIR/"},
		{"LANG=C WORD='a b' hyperfine 'echo $WORD'", []string{"    env: {LANG: C, WORD: 'a b'}"}, "a b/"},
		{"hyperfine -s 'make {n}' -p 'rm -f {n}' -C 'echo done' -c 'rm -r x' -L n 1,2 true", []string{
			"    setup: [sh, -c, 'cd \"$1\" && make $2', sh, '{here}', '{n}']",
			"    prepare: [sh, -c, 'cd \"$1\" && rm -f $2', sh, '{here}', '{n}']",
			"    cleanup: [sh, -c, 'cd \"$1\" && echo done', sh, '{here}']",
			"# hyperfine ran this after the last run of each command; iosweep does not: rm -r x",
		}, "//"},
		{"hyperfine -p 'rm a' -p 'rm b' 'echo a' 'echo b'", []string{
			"  operation+strategy: [{operation: run-echo, strategy: echo}, {operation: run-echo-2, strategy: echo-2}]",
			"baseline: {operation: run-echo, strategy: echo}",
		}, "a/b/"},
		{"hyperfine --reference 'echo {n}' --reference-name old -L n 1,2 'echo new {n}'", []string{"  strategy: [old, echo]", "baseline: {strategy: old}"}, "{n}/new 1/new 2/"},
		{"hyperfine -i 'echo a'", []string{"    verify: [{exit_code: any}]  # hyperfine ignored failures"}, "a/"},
		{"hyperfine --ignore-failure=1,2 -m 5 'echo a'", []string{"trials: {repeats: {min: 5, max: 50, ci: 5%}, warmup: 0}"}, "a/"},
		{"hyperfine -M 8 'echo a'", []string{"trials: {repeats: 8, warmup: 0}"}, "a/"},
		{"hyperfine -m 2 -M 4 'echo a'", []string{"trials: {repeats: {min: 2, max: 4, ci: 5%}, warmup: 0}"}, "a/"},
		{"hyperfine --style basic -u second --sort=command --export-json x.json --export-markdown=y.md --show-output 'echo a'", []string{"# For exports: iosweep export DIR --format csv|json|markdown|hyperfine."}, "a/"},
		{"hyperfine --new-option -x 'echo a' | tee log", []string{"# This part of the command line was left out: | tee log"}, "a/"},
		{"hyperfine \\\n  -r 2 \\\n  'echo a'   # a comment", []string{"trials: {repeats: 2, warmup: 0}"}, "a/"},
		{"hyperfine -L unused 1,2 'echo a'", []string{"  # no command has the parameter unused, so it has no axis: [1, 2]"}, "a/"},
		{"hyperfine -n async -n async 'echo a' -- 'echo b' || true", []string{"  strategy: [async-2, async-3]", "# This part of the command line was left out: || true"}, "a/b/"},
	} {
		b, err := FromCommandLine(test.line)
		content, e := convert(t, b, err)
		for _, line := range test.want {
			if !strings.Contains("\n"+content, "\n"+line+"\n") {
				t.Errorf("%s: the file has no line %q:\n%s", test.line, line, content)
			}
		}
		resolved, _ := filepath.EvalSymlinks(dir)
		if got := strings.ReplaceAll(outputs(t, e, dir), resolved, "DIR"); got != test.out {
			t.Errorf("%s: the commands print %q, want %q", test.line, got, test.out)
		}
	}
}

func TestRefusedCommandLines(t *testing.T) {
	for line, want := range map[string]string{
		"":                                      "the command line is empty",
		"fio 'a b'":                             "does not begin with hyperfine",
		"hyperfine":                             "no command to measure",
		"hyperfine -r 3":                        "no command to measure",
		"hyperfine 'echo a":                     "not valid in a shell: character 11",
		"hyperfine -r":                          "the option -r needs 1 more",
		"hyperfine -r x true":                   `-r: expected a number from 0 to 1,000,000, found "x"`,
		"hyperfine -P t 1":                      "the option -P needs 1 more of its values",
		"hyperfine -P t 3 1 true":               "begins at 3, above its end 1",
		"hyperfine -P t 1 3 -D 0 true":          "the step 0 of the parameter t is not above 0",
		"hyperfine -P t 1 1e9 true":             `"1e9", which is not a decimal number`,
		"hyperfine -P t 1 1000000 true":         "more than 100000 values",
		"hyperfine -L a 1 -L a 2 true":          "the parameter a occurs twice",
		"hyperfine -N 'a | b'":                  "only a shell can interpret",
		"hyperfine -p a -p b -p c true false":   "--prepare is given 3 times for 2 commands",
		"for i in 1 2; do hyperfine true; done": "does not begin with hyperfine",
	} {
		b, err := FromCommandLine(line)
		if err == nil {
			_, err = b.Experiment(Names{IsAxis: func(string) bool { return false }})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", line, err, want)
		}
	}
}

// TestExports converts exports that hyperfine 1.15 has written.
func TestExports(t *testing.T) {
	for name, test := range map[string]struct {
		want []string
		out  string
	}{
		"scan":      {[]string{"trials: {repeats: 3, warmup: 1}", "  t: [1, 2, 3]", "    run: [sh, -c, 'cd \"$1\" && sleep 0.00$2', sh, '{here}', '{t}']"}, "//////"},
		"ambiguous": {[]string{"trials: {repeats: 3, warmup: 1}", "  n: [2, 22]"}, "22 2/22 22/22/2222/"},
		"named":     {[]string{"    run: [sh, -c, 'cd \"$1\" && named $2', sh, '{here}', '{a}']"}, ""},
		"failing":   {[]string{"    verify: [{exit_code: any}]  # hyperfine ignored failures"}, ""},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := FromExport(name+".json", data)
		content, e := convert(t, b, err)
		for _, line := range test.want {
			if !strings.Contains("\n"+content, "\n"+line+"\n") {
				t.Errorf("%s: the file has no line %q:\n%s", name, line, content)
			}
		}
		if test.out == "" {
			continue
		}
		if got := outputs(t, e, t.TempDir()); got != test.out {
			t.Errorf("%s: the commands print %q, want %q", name, got, test.out)
		}
	}
	for source, want := range map[string]string{
		"":                               "is not an export of hyperfine --export-json",
		"[]":                             "is not an export",
		`{"results": []}`:                "it has no results",
		`{"results": [{"command": ""}]}`: "the result 1 has no command",
	} {
		if _, err := FromExport("x.json", []byte(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", source, err, want)
		}
	}
}
