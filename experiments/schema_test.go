package experiments

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// compiled returns the compiled schema, which proves that it is a valid schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(testCatalogue)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("experiment.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("experiment.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON converts a YAML document to JSON values, as an editor does: keys and dates are texts.
func asJSON(t *testing.T, source []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(source, &doc); err != nil {
		t.Fatal(err)
	}
	return jsonOf(t, &doc)
}

func jsonOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return jsonOf(t, n.Content[0])
	case yaml.AliasNode:
		return jsonOf(t, n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = jsonOf(t, item)
		}
		return list
	case yaml.MappingNode:
		object := map[string]any{}
		for key, value := range pairs(n) {
			object[key.Value] = jsonOf(t, value)
		}
		return object
	}
	switch n.ShortTag() {
	case "!!null", "!!bool", "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			return n.Value // JSON has no infinity
		}
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	return n.Value
}

// problemsOf returns the problems that `iosweep validate` prints: all problems of the file or, if it
// has none, of the first profile with a problem.
func problemsOf(t *testing.T, source []byte) (list Problems, profile string) {
	t.Helper()
	opt := Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4}
	e, err := Parse(source, opt)
	if err == nil {
		for _, opt.Profile = range e.Profiles {
			if _, err = Parse(source, opt); err != nil {
				break
			}
		}
	}
	if err != nil && !errors.As(err, &list) {
		t.Fatal(err)
	}
	return list, opt.Profile
}

func TestSchemaAcceptsValidFiles(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob("testdata/ok/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata/ok", err)
	}
	shipped, _ := filepath.Glob("*.yaml")
	for _, file := range append(files, shipped...) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asJSON(t, source)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaAcceptsUnusualFiles checks values that the parser accepts although they have another
// type than most values of their key.
func TestSchemaAcceptsUnusualFiles(t *testing.T) {
	s := compiled(t)
	const grid = "grid: {operation: write, strategy: threads}, baseline: {strategy: threads}"
	for _, source := range []string{
		`{name: a, workload: {files: 1, content: bytes, size: "4"}, ` + grid + `}`,
		`{name: a, workload: {files: 1, content: bytes, size: "4 "}, ` + grid + `}`,
		`{name: a, workload: {files: 1, content: bytes}, grid: {operation: write, strategy: threads, size: {from: 1KiB, to: "4096", step: 1KB}}, baseline: {strategy: threads}}`,
		`{name: 2026, title: 5, description: true, workload: {files: 1}, ` + grid + `}`,
		`{name: 2026-01-01, title: 1.5, workload: {files: 1}, workspace: 7, ` + grid + `}`,
		`{name: 1e-5, workload: {files: 1}, ` + grid + `}`,
		`{name: a, workload: {from: 2026}, grid: {operation: copy, strategy: threads}, baseline: {strategy: threads}}`,
		`{name: a, grid: [{operation: copy, strategy: threads, from: 1}, {operation: write, strategy: threads, files: 1}], baseline: {strategy: threads}}`,
		`{name: a, workload: {from: x, unreadable: skip}, grid: {operation: copy, strategy: threads}, baseline: {strategy: threads}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, exclude: {strategy: sequential}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, exclude: [], profiles: {}, commands: {}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, reports: {plots: speedup}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, reports: {plots: []}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, reports: {formats: [png, pdf]}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, budget: +1.h30m, trials: {timeout: .5ms, seed: -9223372036854775808, quarantine: never}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, trials: {repeats: {min: 2, max: 3, ci: 000.5 %}}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, trials: {repeats: {min: 2, max: 3, race: 100%}}}`,
		`{name: a, workload: {files: 1}, grid: {operation: write, strategy: [7, true, threads]}, baseline: {strategy: threads}, commands: {7: {operation: write, run: [7, 1.5, "", "}}{{"], env: {1: 2, A: ""}, optional: "true"}, true: {operation: write, run: [x]}}}`,
		`{name: a, workload: {files: 1}, grid: {operation: write, strategy: x, mode: {from: -3, to: 3, step: 3}, day: [2026-01-01, 1, true]}, baseline: {mode: 0, day: 1}, commands: {x: {operation: write, run: [x, "{mode}{day}"]}}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, published: {tolerance: 049.9%, file_size: 0.5 kB, rows: [{method: 1, claim: none, seconds: "10", cells: {strategy: threads}}]}}`,
		`{name: a, workload: {files: 1}, ` + grid + `, profiles: {1: {baseline: {}, grid: {}, workload: {}}, tree: {workload: {from: x}}, list: {grid: [{operation: write, strategy: threads}]}}}`,
		`{name: a, workload: {files: 1}, grid: {operation: write, strategy: threads, workers: [1, 2]}, baseline: {workers: {from: 1, to: 2, step: 1}}, profiles: {more: {baseline: {workers: {to: 1}}}}}`,
	} {
		if list, profile := problemsOf(t, []byte(source)); list != nil {
			t.Errorf("%s\nthe parser refuses it (profile %q): %v", source, profile, list)
		}
		if err := s.Validate(asJSON(t, []byte(source))); err != nil {
			t.Errorf("%s\n%v", source, err)
		}
	}
}

func TestSchemaRefusesInvalidFiles(t *testing.T) {
	s := compiled(t)
	const start, grid = "{name: a, workload: {files: 1}, ", "grid: {operation: write, strategy: threads}, baseline: {strategy: threads}"
	for name, source := range map[string]string{
		"an unknown key":         "{name: a, grid: {operation: write, strategy: threads}, worklod: {}}",
		"an unknown operation":   start + "grid: {operation: wrte, strategy: threads}}",
		"no grid":                "{name: a}",
		"an empty grid":          start + "grid: []}",
		"a bad name":             "{name: A b, workload: {files: 1}, " + grid + "}",
		"a negative name":        "{name: -1, workload: {files: 1}, " + grid + "}",
		"workers below one":      start + "grid: {operation: write, strategy: threads, workers: 0}}",
		"workers as a list of 0": start + "grid: {operation: write, strategy: threads, workers: [1, 0]}}",
		"quoted workers":         start + "grid: {operation: write, strategy: threads, workers: '4'}}",
		"an unknown sink":        start + "grid: {operation: zip, strategy: threads, sink: pile}}",
		"an axis named here":     start + "grid: {operation: write, strategy: threads, here: 1}}",
		"an axis in capitals":    start + "grid: {operation: write, strategy: threads, Mode: 1}}",
		"no level of an axis":    start + "grid: {operation: write, strategy: x, mode: []}}",
		"an empty level":         start + "grid: {operation: write, strategy: x, mode: ''}}",
		"a null level":           start + "grid: {operation: write, strategy: x, mode: null}}",
		"a strategy in capitals": start + "grid: {operation: write, strategy: Threads}}",

		"a range of words":       start + "grid: {operation: write, strategy: threads, chunk_size: {from: auto, to: 4, step: 1}}}",
		"step and times":         start + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 4, step: 1, times: 2}}}",
		"neither step nor times": start + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 4}}}",
		"times 1":                start + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 4, times: 1}}}",
		"a step of 0":            start + "grid: {operation: zip, strategy: threads, level: {from: 0, to: 9, step: 0}}}",
		"a step of 0KiB":         start + "grid: {operation: write, strategy: threads, size: {from: 0, to: 9, step: 0KiB}}}",
		"times from 0":           start + "grid: {operation: zip, strategy: threads, level: {from: 0, to: 9, times: 2}}}",
		"times from 0 B":         start + "grid: {operation: write, strategy: threads, size: {from: 0 B, to: 9, times: 2}}}",
		"a step of an own axis":  start + "grid: {operation: write, strategy: x, mode: {from: 1, to: 9, step: 1.5}}}",
		"a range in a list":      start + "grid: {operation: write, strategy: threads, workers: [{from: 1, to: 4, step: 1}]}}",

		"no files":                 "{name: a, " + grid + "}",
		"no files in a workload":   "{name: a, workload: {lines: 3}, " + grid + "}",
		"no files in a block":      "{name: a, grid: [{operation: write, strategy: threads, files: 1}, {operation: write, strategy: threads}]}",
		"from beside files":        "{name: a, workload: {files: 1, from: x}, " + grid + "}",
		"from beside lines":        "{name: a, workload: {lines: 1, from: x}, " + grid + "}",
		"from beside in a profile": start + grid + ", profiles: {p: {workload: {lines: 1, from: x}}}}",
		"a size of tons":           "{name: a, workload: {files: 1, size: 4T}, " + grid + "}",
		"a size with a zero":       "{name: a, workload: {files: 1, size: '04'}, " + grid + "}",
		"a size below 0":           "{name: a, workload: {files: 1, size: -1}, " + grid + "}",

		"a timeout of a number": start + grid + ", trials: {timeout: 10}}",
		"a timeout of 0":        start + grid + ", trials: {timeout: 0s}}",
		"a budget of 0":         start + grid + ", budget: 0h0m}",
		"a budget without unit": start + grid + ", budget: '8'}",
		"a title of two lines":  start + grid + `, title: "a\nb"}`,
		"an empty title":        start + grid + `, title: ""}`,
		"a title with a tab":    start + grid + `, title: "a\tb"}`,
		"a NUL":                 start + grid + `, description: "a\0b"}`,
		"an empty workspace":    start + grid + `, workspace: ""}`,
		"an empty baseline":     start + "grid: {operation: write, strategy: threads}, baseline: {}}",
		"an unknown level":      start + "grid: {operation: write, strategy: threads}, baseline: {operation: wrte}}",
		"an empty exclude":      start + grid + ", exclude: [{}]}",
		"500 filters and one":   start + grid + ", exclude: [" + strings.Repeat("{workers: 3},", 501) + "]}",
		"an interval of 0":      start + grid + ", trials: {repeats: {min: 2, max: 3, ci: 0%}}}",
		"an interval of 101%":   start + grid + ", trials: {repeats: {min: 2, max: 3, ci: 101%}}}",
		"ci and race":           start + grid + ", trials: {repeats: {min: 2, max: 3, ci: 1%, race: 1%}}}",
		"neither ci nor race":   start + grid + ", trials: {repeats: {min: 2, max: 3}}}",
		"a race within 0%":      start + grid + ", trials: {repeats: {min: 2, max: 3, race: 0.0%}}}",
		"repeats without max":   start + grid + ", trials: {repeats: {min: 2, ci: 1%}}}",
		"an unknown format":     start + grid + ", reports: {formats: jpg}}",
		"no format":             start + grid + ", reports: {formats: []}}",
		"an unknown plot":       start + grid + ", reports: {plots: spedup}}",

		"a command without run":  start + grid + ", commands: {cp: {operation: copy}}}",
		"an empty command line":  start + grid + ", commands: {cp: {operation: copy, run: ' '}}}",
		"no program":             start + grid + ", commands: {cp: {operation: copy, run: ['']}}}",
		"a single brace":         start + grid + ", commands: {cp: {operation: copy, run: [cp, '{input']}}}",
		"no placeholder":         start + grid + ", commands: {cp: {operation: copy, run: [cp, '{ print }']}}}",
		"braces without quotes":  start + grid + ", commands: {cp: {operation: copy, run: [cp, {input}]}}}",
		"a brace in env":         start + grid + ", commands: {cp: {operation: copy, run: [cp], env: {A: '}'}}}}",
		"an equals sign":         start + grid + ", commands: {cp: {operation: copy, run: [cp], env: {A=B: x}}}}",
		"the run's variable":     start + grid + ", commands: {cp: {operation: copy, run: [cp], env: {IOSWEEP_RUN: x}}}}",
		"a name of a strategy":   start + grid + ", commands: {threads: {operation: copy, run: [cp]}}}",
		"a name in capitals":     start + grid + ", commands: {CP: {operation: copy, run: [cp]}}}",
		"a long name":            start + grid + ", commands: {" + strings.Repeat("a", 201) + ": {operation: copy, run: [cp]}}}",
		"a module with a dash":   start + grid + ", commands: {x: {operation: copy, run: [python3], modules: [a, b-c]}}}",
		"a module without name":  start + grid + ", commands: {x: {operation: copy, run: [python3], modules: [a, '']}}}",
		"an expectation":         start + grid + ", commands: {cp: {operation: copy, run: [cp], expect: {eror: x}}}}",
		"an expected empty text": start + grid + ", commands: {cp: {operation: copy, run: [cp], expect: {error: ''}}}}",

		"an unknown claim":       start + grid + ", published: {rows: [{method: a, claim: better, cells: [{strategy: threads}]}]}}",
		"a row without cells":    start + grid + ", published: {rows: [{method: a, claim: none}]}}",
		"no baseline of rows":    start + grid + ", published: {rows: [{method: a, seconds: 3, cells: {strategy: threads}}]}}",
		"an error of success":    start + grid + ", published: {rows: [{method: a, claim: none, error: x, cells: {strategy: threads}}]}}",
		"a tolerance of 50%":     start + grid + ", published: {tolerance: 50%, rows: [{method: a, claim: none, cells: {strategy: threads}}]}}",
		"0 seconds":              start + grid + ", published: {rows: [{method: a, claim: none, seconds: 0, cells: {strategy: threads}}]}}",
		"0.0 printed seconds":    start + grid + ", published: {rows: [{method: a, claim: none, mean: '~0.0', cells: {strategy: threads}}]}}",
		"no seconds":             start + grid + ", published: {rows: [{method: a, claim: none, seconds: [], cells: {strategy: threads}}]}}",
		"three ends of a range":  start + grid + ", published: {rows: [{method: a, claim: none, speedup: [1, 2, 3], cells: {strategy: threads}}]}}",
		"a printed size of 0":    start + grid + ", published: {file_size: 0 MB, rows: [{method: a, claim: none, cells: {strategy: threads}}]}}",
		"a printed binary size":  start + grid + ", published: {file_size: 1 MiB, rows: [{method: a, claim: none, cells: {strategy: threads}}]}}",
		"a row with empty cells": start + grid + ", published: {rows: [{method: a, claim: none, cells: {}}]}}",

		"a profile of a word":       start + grid + ", profiles: {quick: fast}}",
		"a profile's name":          start + grid + ", profiles: {quick: {name: b}}}",
		"a profile's unknown key":   start + grid + ", profiles: {quick: {worklod: {files: 1}}}}",
		"a profile's unknown axis":  start + grid + ", profiles: {quick: {grid: {Workers: 1}}}}",
		"a profile's zero workers":  start + grid + ", profiles: {quick: {grid: {workers: 0}}}}",
		"a profile's partial range": start + "grid: {operation: write, strategy: threads, workers: 1}, baseline: {strategy: threads}, profiles: {quick: {grid: {workers: {from: 1}}}}}",
		"a profile's empty grid":    start + grid + ", profiles: {quick: {grid: []}}}",
	} {
		if err := s.Validate(asJSON(t, []byte(source))); err == nil {
			t.Errorf("the schema accepts %s", name)
		}
		if list, _ := problemsOf(t, []byte(source)); list == nil {
			t.Errorf("the parser accepts %s", name)
		}
	}
}

// onlyParser matches the problems that a schema cannot find. docs/experiment-file.md lists them.
var onlyParser = regexp.MustCompile(strings.Join([]string{
	// how a number is written
	`: write -?[0-9]`, `, which YAML reads as `, `^name: "(1e3|4\.5|0x10)" is not valid`, `printed number.*found "(1e3|0x10)"$`,
	// two values together
	`above its end`, `is more than trials\.repeats\.max`, `a race drops cells that the published table needs`, `is too large: the maximum`, `compares the inputs that a trial has changed`,
	// names that another place of the file defines
	`^unknown (strategy|operation)`, `^unknown axis "[a-z]`, `^unknown reports\.x`, `^unknown placeholder`, `^\{(input|output|shared)\} is not available`, `has the name of a built-in operation`, `no row has the method`,
	`a second row has the method`, `no block of the grid has the axis`, `not a part of a name`,
	`the interpreter .* is not known`, `is not a Python interpreter`, `is a command line`, `has no latency, because iosweep does not see its items`,
	// the words of a command line
	`a shell interprets`, `the text (has several lines|ends with)`, `a list in quotes`, `has no end`, `no shell sets`, `the name of the program is empty`,
	`^workload\.files is missing`,
	// the paths and counts of checks
	`has an empty segment`, `: expected a whole number from 0, or a placeholder .* found "[0-9]{19,}"$`,
	// keys of a block that may be custom axes
	`^grid\.(only|repeats|timeout)`,
	// axes in lockstep, and conditions
	`where: `, `has the axis "[a-z_]+" twice`, `the mapping has no level for`, `stands for several interpreters`, `no mapping of axes in lockstep has both`,
	// the cells of the grid
	`does not support the operation`, `is not supported by`, `needs the axis`, `does not use this axis`, `which this block does not have`,
	`baselines? for `, `no cell of the`, `every cell of the grid is excluded`, `^several cells of the baseline`, `^the grid has`, ` trials, more than `,
	`more than [0-9,]+ (levels|cells|interpreters)`, `on this machine`,
	`have different sizes, because`, ` directories, more than `, `are no multiple of 512`, `^split: .* (of block_size|under )`,
	// the patterns of metrics, and which of them is judged
	`is not valid in RE2`, `has no group`, `groups, but only`, `matches an empty text`, `has the name of an axis of the grid`, `has the column metric_`,
	`^unknown judge`, `prints no metric`, `has no latency`, `^judge: .* cannot judge`,
	// the figures of a published table
	`^the row .* claims`, `^the row .* has no claim`, `^the speed-up of the row`, `earlier filters select`,
	// a profile and the file together
	`^profile`,
}, "|"))

// TestSchemaAgreesWithParser changes valid files in every place. The schema must accept what the
// parser accepts. If it accepts what the parser refuses, it must be unable to find the problems.
func TestSchemaAgreesWithParser(t *testing.T) {
	s := compiled(t)
	accepted, refused := 0, 0
	check := func(source []byte) {
		list, profile := problemsOf(t, source)
		err := s.Validate(asJSON(t, source))
		switch {
		case list == nil && err != nil:
			t.Errorf("the parser accepts this file, and the schema does not: %v\n%s", err, source)
		case list == nil:
			accepted++
		case err != nil:
			refused++
		default:
			for _, p := range list {
				// A profile may be valid with another file.
				if !onlyParser.MatchString(p.Message) && (profile == "" || !strings.Contains(p.Message, "missing")) {
					t.Errorf("the schema accepts this file, and the parser does not: %v\n%s", p, source)
					break
				}
			}
		}
	}
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := readYAML(source)
		if d := newDecoder(source, Options{}); err != nil || root == nil || !d.checkStructure(root, source) || d.problems != nil {
			continue // JSON has no tags, merge keys and repeated keys
		}
		check(source)
	}
	every := 1
	if testing.Short() {
		every = 29 // a prime number, so that each value is tried in some places
	}
	for _, name := range []string{"ok/every-key", "ok/profile", "ok/profile-tree", "ok/published", "ok/custom-axes", "ok/ranges", "ok/adaptive", "ok/race", "ok/from-tree", "ok/python-one-baseline", "ok/metrics", "ok/operations", "ok/lockstep", "ok/where", "ok/block-keys", "ok/dataset"} {
		source, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		root, err := readYAML(source)
		if err != nil {
			t.Fatal(err)
		}
		mutate(t, root, every, check)
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("got %d accepted and %d refused files, want at least 100 of each", accepted, refused)
	}
}

// mutations are the values that replace each value of a file.
const mutations = `[null, true, "true", 0, 1, 2, -1, 4, "4", 4.5, 1e3, 010, 0x10, 99999999999999999999, x, X, yes, "", " ", "two\nlines", "a\0b",
  "{input}", "{", "{{}}", "{workers}x", [], {}, [1], [x, x], [null], [[1]], ["", a], {a: b}, {from: 1, to: 4, step: 1}, {from: 1, to: 4, times: 2},
  {from: 1, to: 4, times: 1}, {from: 1, to: 4}, {from: 1, to: 4, step: 1, times: 2}, {from: 0, to: 4, times: 2}, {from: 0, to: 4, step: 0},
  {from: 4, to: 1, step: 1}, {from: 1KiB, to: 4KiB, times: 2}, {from: 0B, to: 4KiB, times: 2}, {from: 1, to: cpus, step: 1}, {from: auto, to: 4, step: 1},
  {from: 1, step: 1}, 10s, 0s, +1h, 1.h, -1s, 5%, 0%, 50%, 100%, 101%, 0.5 %, 4KiB, 0KiB, "4 ", 4kb, cpus, 2*cpus, auto, never, 2026-01-01, ~10, ~0,
  ~1 MB, 0 MB, write, threads, found, {strategy: threads}, {workers: [1, 2]}, {strateg: threads}, {Strategy: x}, [{strategy: threads}], {files: 1},
  {from: x}, {files: 1, from: x}, {from: x, unreadable: skip}, {operation: write, strategy: threads}, {min: 2, max: 3, ci: 1%}, failure, {error: x}, fails, none]`

// mutate calls visit with a file for one of a number of changes of a document: another value in each
// place, and each key left out.
func mutate(t *testing.T, root *yaml.Node, every int, visit func(source []byte)) {
	t.Helper()
	values, err := readYAML([]byte(mutations))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	write := func() {
		if count++; count%every != 0 || t.Failed() {
			return
		}
		source, err := yaml.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		visit(source)
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		own := *n
		if n != root && n.Kind != yaml.AliasNode && n.Anchor == "" {
			for _, value := range values.Content {
				*n = *value
				write()
				*n = own
			}
		}
		for i, child := range own.Content {
			if n.Kind != yaml.MappingNode {
				walk(child)
				continue
			}
			if i%2 == 1 {
				walk(child)
				n.Content = slices.Delete(slices.Clone(own.Content), i-1, i+1)
				write()
				n.Content = own.Content
			}
		}
	}
	walk(root)
}

// TestSchemaDescribesEveryKey checks that every key has a description and a default. A default
// in JSON must be a valid value of the key.
func TestSchemaDescribesEveryKey(t *testing.T) {
	text, err := Schema(testCatalogue)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	count := 0
	var walk func(path string, node any)
	walk = func(path string, node any) {
		switch node := node.(type) {
		case []any:
			for _, item := range node {
				walk(path, item)
			}
		case map[string]any:
			for name, value := range node {
				switch name {
				case "allOf": // conditions on keys that are described elsewhere
				case "properties":
					for name, property := range value.(map[string]any) {
						count++
						checkProperty(t, join(path, name), property.(map[string]any), root["definitions"])
						walk(join(path, name), property)
					}
				default:
					walk(path, value)
				}
			}
		}
	}
	walk("", root)
	if count < 200 {
		t.Errorf("got %d keys, want at least 200", count)
	}
}

func checkProperty(t *testing.T, path string, property map[string]any, definitions any) {
	t.Helper()
	description, _ := property["description"].(string)
	value, given := property["default"]
	inWords := strings.HasSuffix(description, " Required.") || strings.Contains(description, " Default: ")
	if description == "" || given == inWords {
		t.Errorf("%s: got default %v and description %q, want exactly one default", path, value, description)
	}
	values, _ := property["examples"].([]any)
	if len(values) == 0 {
		t.Errorf("%s has no example", path)
	}
	if given {
		values = append(values, value)
	}
	doc := map[string]any{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": []any{property}}
	if text, err := json.Marshal(property); err != nil {
		t.Fatal(err)
	} else if bytes.Contains(text, []byte(`"$ref"`)) { // compiling the definitions takes time
		doc["definitions"] = definitions
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("key.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled := c.MustCompile("key.json")
	for _, value := range values {
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%s: the value %v is not valid: %v", path, value, err)
		}
	}
}
