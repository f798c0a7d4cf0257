package experiments

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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

// asJSON converts a YAML document to JSON values, as an editor does.
func asJSON(t *testing.T, source []byte) any {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal(source, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
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

func TestSchemaRefusesInvalidFiles(t *testing.T) {
	s := compiled(t)
	for name, source := range map[string]string{
		"an unknown key":         "{name: a, grid: {operation: write, strategy: threads}, worklod: {}}",
		"an unknown operation":   "{name: a, grid: {operation: wrte, strategy: threads}}",
		"no grid":                "{name: a}",
		"a bad name":             "{name: A b, grid: {operation: write, strategy: threads}}",
		"workers below one":      "{name: a, grid: {operation: write, strategy: threads, workers: 0}}",
		"workers as a list of 0": "{name: a, grid: {operation: write, strategy: threads, workers: [1, 0]}}",
		"an unknown sink":        "{name: a, grid: {operation: zip, strategy: threads, sink: pile}}",
		"a command without run":  "{name: a, grid: {operation: copy, strategy: cp}, commands: {cp: {operation: copy}}}",
		"the run's variable":     "{name: a, grid: {operation: copy, strategy: cp}, commands: {cp: {operation: copy, run: [cp], env: {IOSWEEP_RUN: x}}}}",
		"an unknown claim":       "{name: a, grid: {operation: write, strategy: threads}, published: {rows: [{method: a, claim: better, cells: [{strategy: threads}]}]}}",
		"a row without cells":    "{name: a, grid: {operation: write, strategy: threads}, published: {rows: [{method: a}]}}",
		"a profile of a word":    "{name: a, grid: {operation: write, strategy: threads}, profiles: {quick: fast}}",
		"an expectation":         "{name: a, grid: {operation: copy, strategy: cp}, commands: {cp: {operation: copy, run: [cp], expect: {eror: x}}}}",
		"a timeout of a number":  "{name: a, grid: {operation: write, strategy: threads}, trials: {timeout: 10}}",
	} {
		if err := s.Validate(asJSON(t, []byte(source))); err == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
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
				if name != "properties" {
					walk(path, value)
					continue
				}
				for name, property := range value.(map[string]any) {
					count++
					checkProperty(t, join(path, name), property.(map[string]any))
					walk(join(path, name), property)
				}
			}
		}
	}
	walk("", root)
	if count < 100 {
		t.Errorf("got %d keys, want at least 100", count)
	}
}

func checkProperty(t *testing.T, path string, property map[string]any) {
	t.Helper()
	description, _ := property["description"].(string)
	value, given := property["default"]
	inWords := strings.HasSuffix(description, " Required.") || strings.Contains(description, " Default: ")
	if description == "" || given == inWords {
		t.Errorf("%s: got default %v and description %q, want exactly one default", path, value, description)
	}
	if !given {
		return
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("key.json", property); err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("key.json").Validate(value); err != nil {
		t.Errorf("%s: the default %v is not valid: %v", path, value, err)
	}
}
