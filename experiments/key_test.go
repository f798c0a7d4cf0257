package experiments

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// everyKey visits the keys of the format with their paths.
func everyKey(visit func(path string, k *key)) {
	var inside func(path string, keys []key)
	inside = func(path string, keys []key) {
		for i := range keys {
			visit(join(path, keys[i].name), &keys[i])
			inside(join(path, keys[i].name), keys[i].inner())
		}
	}
	inside("", fileKeys)
	inside("range", rangeKeys(form{}))
}

func TestEveryKeyIsDescribed(t *testing.T) {
	count := 0
	everyKey(func(path string, k *key) {
		count++
		if k.doc == "" || !unicode.IsUpper(rune(k.doc[0])) || !strings.HasSuffix(k.doc, ".") {
			t.Errorf("%s: got the description %q, want sentences", path, k.doc)
		}
		defaults := 0
		for _, given := range []bool{k.required, k.defaultYAML != "", k.defaultWords != ""} {
			if given {
				defaults++
			}
		}
		if defaults != 1 {
			t.Errorf("%s: got %d of required, defaultYAML and defaultWords, want exactly 1", path, defaults)
		}
	})
	if count < 70 {
		t.Errorf("got %d keys, want at least 70", count)
	}
}

// TestDefaultsChangeNothing checks that writing the default of a key does not change the
// experiment.
func TestDefaultsChangeNothing(t *testing.T) {
	const source = "name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n"
	want := describe(parse(t, source))
	everyKey(func(path string, k *key) {
		section, _, nested := strings.Cut(path, ".")
		changeable := !nested || section == "trials" || section == "reports" || section == "workload"
		if k.defaultYAML == "" || !changeable || path == "profiles" || path == "workload" {
			return
		}
		e, err := Parse([]byte(source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4, Set: []string{path + "=" + k.defaultYAML}})
		if err != nil {
			t.Errorf("%s=%s: %v", path, k.defaultYAML, err)
		} else if got := describe(e); got != want {
			t.Errorf("%s=%s changes the experiment to\n%s\nwant\n%s", path, k.defaultYAML, got, want)
		}
	})
}

// TestEveryKeyRefusesInvalidValues checks that every key refuses a value that its form does
// not allow.
func TestEveryKeyRefusesInvalidValues(t *testing.T) {
	sections := map[string][]key{
		"%s": fileKeys, "workload: {%s}": workloadKeys, "grid: {%s}": gridKeys,
		"trials: {%s}": trialsKeys, "trials: {repeats: {%s}}": adaptiveKeys, "reports: {%s}": reportsKeys,
		"commands: {c: {%s}}": commandKeys, "commands: {c: {expect: {%s}}}": expectKeys,
		"{name: x, workload: {files: 1}, grid: {operation: write, strategy: sequential}, published: {rows: [{method: a, claim: intact, cells: {strategy: sequential}}], %s}}": {*keyNamed(publishedKeys, "baseline")},
		"published: {%s}": slices.DeleteFunc(slices.Clone(publishedKeys), func(k key) bool { return k.name == "baseline" }), "published: {rows: [{%s}]}": rowKeys,
		"published: {rows: [{variants: [{%s}]}]}":                    variantKeys,
		"published: {machine: {%s}}":                                 keyNamed(publishedKeys, "machine").keys,
		"grid: {operation: write, strategy: threads, workers: {%s}}": rangeKeys(form{}),
	}
	for section, keys := range sections {
		for _, k := range keys {
			source := fmt.Sprintf(section, k.name+":\n  {nonsense: [null]}\n") + "\n"
			_, err := Parse([]byte(source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4})
			if err == nil || !strings.Contains(err.Error(), "f.yaml:2:") {
				t.Errorf("%s\ngot %v, want a problem on line 2", source, err)
			}
		}
	}
}
