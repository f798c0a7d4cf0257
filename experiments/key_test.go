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
			t.Errorf("%s: no sentence: %q", path, k.doc)
		}
		said := 0
		for _, says := range []bool{k.required, k.defaultYAML != "", k.defaultWords != ""} {
			if says {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%s must be required, have an initial value, or say what holds without it: %d of them are true", path, said)
		}
	})
	if count < 70 {
		t.Errorf("only %d keys were found", count)
	}
}

// TestInitialValues: to write the initial value of a key changes nothing.
func TestInitialValues(t *testing.T) {
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
			t.Errorf("%s=%s makes another experiment:\n%s\nwithout it:\n%s", path, k.defaultYAML, got, want)
		}
	})
}

// TestEveryKeyIsRead: no key of the list may hold what its form does not allow.
func TestEveryKeyRefusesInvalidValues(t *testing.T) {
	sections := map[string][]key{
		"%s": fileKeys, "workload: {%s}": workloadKeys, "grid: {%s}": gridKeys,
		"trials: {%s}": trialsKeys, "trials: {repeats: {%s}}": adaptiveKeys, "reports: {%s}": reportsKeys,
		"commands: {c: {%s}}": commandKeys, "commands: {c: {expect: {%s}}}": expectKeys,
		"{name: x, workload: {files: 1}, grid: {operation: write, strategy: sequential}, published: {rows: [{method: a, claim: intact, cells: {strategy: sequential}}], %s}}": {*keyNamed(publishedKeys, "baseline")},
		"published: {%s}": slices.DeleteFunc(slices.Clone(publishedKeys), func(k key) bool { return k.name == "baseline" }), "published: {rows: [{%s}]}": rowKeys,
		"published: {machine: {%s}}":                                 keyNamed(publishedKeys, "machine").keys,
		"grid: {operation: write, strategy: threads, workers: {%s}}": rangeKeys(form{}),
	}
	for section, keys := range sections {
		for _, k := range keys {
			source := fmt.Sprintf(section, k.name+":\n  {nonsense: [null]}\n") + "\n"
			_, err := Parse([]byte(source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4})
			if err == nil || !strings.Contains(err.Error(), "f.yaml:2:") {
				t.Errorf("%s is not refused in line 2: %v", source, err)
			}
		}
	}
}
