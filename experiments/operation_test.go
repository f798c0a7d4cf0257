package experiments

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// ownFile returns an experiment file with the operation o, the command c and a grid.
func ownFile(operation, command, grid string) string {
	return "name: x\nworkload: {files: 3}\noperations:\n  o: {" + operation + "}\ncommands:\n  c: {operation: o, run: [" + command + "]}\ngrid: {operation: o, strategy: c" + grid + "}\nbaseline: {strategy: c}\n"
}

// TestOwnOperations checks the cells of operations of the file.
func TestOwnOperations(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         string // the cells, separated by blanks
	}{
		{"default", ownFile("verify: none", "true", ""), "o/strategy=c"},
		{"axis of run", ownFile("verify: none", `true, "{level}"`, ", level: [1, 6]"), "o/strategy=c/level=1 o/strategy=c"},
		{"axis of prepare", ownFile(`verify: none, prepare: [rm, "{mode}"]`, "true", ", mode: [a, b]"), "o/strategy=c/mode=a o/strategy=c/mode=b"},
		{"axis of a check", ownFile(`verify: [{files: "*", count: "{mode}"}]`, "true", ", mode: [1, 2]"), "o/strategy=c/mode=1 o/strategy=c/mode=2"},
		{"unused axis", ownFile("verify: none", "true", ", workers: [1, 2]"), "o/strategy=c"},
		{"cache", ownFile("verify: none", "true", ", cache: [warm, cold]"), "o/strategy=c o/strategy=c/cache=cold"},
		{"no cache without inputs", ownFile("verify: none, input: none", "true", ", cache: [warm, cold], sync: [none, end]"), "o/strategy=c o/strategy=c/sync=end"},
		{"workload axis", ownFile("verify: none", "true", ", files: [1, 2]"), "o/strategy=c/files=1 o/strategy=c/files=2"},
		{"unnamed workload axis without inputs", ownFile("verify: none, input: none", "true", ", files: [1, 2]"), "o/strategy=c"},
		{"named workload axis without inputs", ownFile("verify: none, input: none", `true, "{files}"`, ", files: [1, 2]"), "o/strategy=c/files=1 o/strategy=c/files=2"},
		{"no workload", strings.Replace(ownFile("verify: none, input: none", "true", ""), "workload: {files: 3}\n", "", 1), "o/strategy=c"},
		{"amounts", ownFile(`verify: none, work: {items: "{files}", bytes: 10MiB}`, "true", ""), "o/strategy=c"},
		{"files of a tree", strings.Replace(ownFile(`verify: [{files: "**/*.gz", count: "{files}"}]`, "true", ""), "files: 3", "from: ./a", 1), "o/strategy=c"},
	} {
		e := parse(t, test.source)
		var got []string
		for _, c := range e.Cells {
			got = append(got, c.String())
		}
		if want := strings.Fields(test.want); !slices.Equal(got, want) {
			t.Errorf("%s: got the cells %v, want %v", test.name, got, want)
		}
	}
}

// TestOwnBaselines checks that a cell of an operation of the file has a baseline with the same
// workload and workspace, whatever its other levels are.
func TestOwnBaselines(t *testing.T) {
	const head = "name: x\nworkload: {files: 3}\noperations: {o: {verify: none}, p: {verify: none}}\n" +
		"commands: {c: {operation: o, run: [a, \"{level}\"]}, d: {operation: o, run: [b, \"{level}\"]}, e: {operation: p, run: [a, \"{level}\"]}}\n"
	for _, test := range []struct {
		grid string
		want []int
	}{
		{"grid: {operation: o, strategy: [c, d], level: [1, 6]}\nbaseline: {strategy: c, level: 6}\n", []int{1, 1, 1, 1}},
		{"grid: {operation: o, strategy: [c, d], level: [1, 6]}\nbaseline: {strategy: c}\n", []int{0, 1, 0, 1}},
		{"grid: {operation: o, strategy: [c, d], level: 6, cache: [warm, cold]}\nbaseline: {strategy: c, cache: warm}\n", []int{0, 0, 0, 0}},
		{"grid: {operation: o, strategy: [c, d], level: 6, files: [1, 2]}\nbaseline: {strategy: c}\n", []int{0, 1, 0, 1}},
		{"grid: {operation: [o, p], strategy: [c, e], level: [1, 6]}\nbaseline: {level: 1}\n", []int{0, 0, 2, 2}},
		{"grid: {operation: [o, p], strategy: [c, e], level: [1, 6]}\nbaseline: {operation: o, level: 1}\n", []int{0, 0, 0, 0}},
	} {
		if e := parse(t, head+test.grid); !slices.Equal(e.Baseline, test.want) {
			t.Errorf("%s: got the baselines %v of %v, want %v", test.grid, e.Baseline, e.Cells, test.want)
		}
	}
}

// TestRefusedOperations checks the position and the message of invalid operations.
func TestRefusedOperations(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"no verify", ownFile("about: a", "true", ""), "f.yaml:4:6: operations.o.verify is missing: add it, for example\n  verify:\n    - {files: \"*.gz\""},
		{"built-in name", "name: x\nworkload: {files: 1}\noperations: {copy: {verify: none}}\ngrid: {operation: copy, strategy: sequential}\n", `3:14: the operation "copy" has the name of a built-in operation: choose another name`},
		{"bad name", "name: x\nworkload: {files: 1}\noperations: {My Op: {verify: none}}\ngrid: {operation: copy, strategy: sequential}\n", `the operation name "My Op" must match [a-z0-9][a-z0-9_-]* and have at most 200 bytes; write my-op`},
		{"strategy", strings.Replace(ownFile("verify: none", "true", ""), "strategy: c}\nbaseline", "strategy: [c, threads]}\nbaseline", 1), `the strategy "threads" does not support the operation "o", which only commands do: name a command with operation: o`},
		{"unknown key", ownFile("verifyy: none", "true", ""), `unknown key "verifyy": did you mean "verify"?`},
		{"empty checks", ownFile("verify: []", "true", ""), `operations.o.verify: expected a list of checks, such as [{files: "*.gz", count: "{files}"}], or none, found an empty list`},
		{"check without a list", ownFile("verify: {exit_code: 1}", "true", ""), "found a mapping: write it in a list"},
		{"two kinds", ownFile("verify: [{exit_code: 1, run: [a]}]", "true", ""), "a check has exactly one of files, run, stdout, exit_code, same_as, found run and exit_code"},
		{"count alone", ownFile("verify: [{exit_code: 1, count: 2}]", "true", ""), `count belongs to files: write {files: "*", count: 2}`},
		{"count", ownFile(`verify: [{files: "*", count: many}]`, "true", ""), `count: expected a whole number from 0, or a placeholder such as "{files}", found "many"`},
		{"negative count", ownFile(`verify: [{files: "*", count: -1}]`, "true", ""), `count: expected a whole number from 0, or a placeholder such as "{files}", found "-1"`},
		{"count of a level", ownFile(`verify: [{files: "*", count: "{mode}"}]`, "true", ", mode: [1, few]"), `operations.o: verify: the count of "*" is "few" in the cell o/strategy=c/mode=few: expected a whole number`},
		{"bytes of a level", ownFile(`verify: none, work: {bytes: "{mode}"}`, "true", ", mode: few"), `operations.o: work.bytes is "few" in the cell`},
		{"pattern above", ownFile(`verify: [{files: "../*"}]`, "true", ""), "must be a path below {output}"},
		{"pattern", ownFile(`verify: [{files: "[a"}]`, "true", ""), "is not a valid pattern: syntax error in pattern"},
		{"stars", ownFile(`verify: [{files: "a**"}]`, "true", ""), "has ** within a name: write ** alone between slashes, as in **/*.gz"},
		{"exit codes", ownFile("verify: [{exit_code: 1}, {exit_code: any}]", "true", ""), "the exit code is checked twice: keep one of {exit_code: 1} and {exit_code: any}"},
		{"exit code", ownFile("verify: [{exit_code: 256}]", "true", ""), "operations.o.verify.exit_code: expected a whole number from 0 to 255, or any, found 256"},
		{"of input", ownFile("verify: [{same_as: baseline, of: input}]", "true", ""), "of: input compares the inputs that a trial has changed, but this operation has input: files: write input: copy"},
		{"input of none", ownFile("verify: none, input: none", `ls, "{input}"`, ""), `{input} is not available for the operation "o", which has no input directory`},
		{"input of setup", ownFile(`verify: none, input: copy, setup: [ls, "{input}"]`, "true", ""), "{input} is not available in setup, because each trial has a copy of its own"},
		{"output of setup", ownFile(`verify: none, setup: [ls, "{output}"]`, "true", ""), "{output} is not available in setup, which runs before the trials: write to {shared}"},
		{"shared without setup", ownFile("verify: none", `ls, "{shared}"`, ""), "{shared} is not available for the operation \"o\": only an operation under `operations` with the key setup has this directory"},
		{"shared of a built-in operation", "name: x\nworkload: {files: 1}\ncommands: {c: {operation: copy, run: [a, \"{shared}\"]}}\ngrid: {operation: copy, strategy: c}\nbaseline: {strategy: c}\n", `{shared} is not available for the operation "copy"`},
		{"unknown placeholder", ownFile(`verify: none, cleanup: [rm, "{mode}"]`, "true", ""), `4:36: unknown placeholder {mode}`},
		{"placeholder of another command", strings.Replace(ownFile(`verify: none, cleanup: [rm, "{mode}"]`, "true", ""), "grid: {operation: o, strategy: c}\n", "  d: {operation: copy, run: [a, \"{mode}\"]}\ngrid: [{operation: o, strategy: c}, {operation: copy, strategy: d, mode: 1}]\n", 1), `the command "c" needs the axis "mode", which this block does not have`},
		{"no files", strings.Replace(ownFile("verify: none", "true", ""), "workload: {files: 3}\n", "", 1), "workload.files is missing"},
		{"empty program", ownFile("verify: none, setup: []", "true", ""), "operations.o.setup: expected a list of one or more texts"},
		{"baseline of another kind", "name: x\nworkload: {files: 1}\noperations: {o: {verify: [{same_as: baseline}]}}\ncommands: {c: {operation: o, run: [a]}}\ngrid: [{operation: o, strategy: c}, {operation: copy, strategy: sequential}]\nbaseline: {operation: copy}\n", "same_as: baseline: the baseline of o/strategy=c is copy/strategy=sequential, whose operation is built in"},
	} {
		_, err := Parse([]byte(test.source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4})
		var problems Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s:\n%s\ngot %v\nwant %s", test.name, test.source, err, test.want)
		}
	}
}

// TestNumberHint checks that no message advises what the file has already.
func TestNumberHint(t *testing.T) {
	for text, want := range map[string]string{"-1": "", "7": "", "+7": ": write 7", "0x10": ": write 16", "1_000": ": write 1000"} {
		n := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
		if got := numberHint(n, nil); got != want {
			t.Errorf("%s: got the advice %q, want %q", text, got, want)
		}
	}
}
