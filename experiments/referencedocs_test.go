package experiments_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

var marked = regexp.MustCompile(`(?s)(<!-- keys: (\w+)[^>]* -->\n)(.*?)(<!-- end -->\n)`)

// TestReference compares the tables of experiment-file.md with the keys of the parser.
func TestReference(t *testing.T) {
	const path = "../docs/experiment-file.md"
	tables := experiments.Reference(catalogue.New())
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	have := string(data)
	shown := map[string]bool{}
	want := marked.ReplaceAllStringFunc(have, func(part string) string {
		m := marked.FindStringSubmatch(part)
		shown[m[2]] = true
		return m[1] + tables[m[2]] + m[4]
	})
	for name := range tables {
		if !shown[name] {
			t.Errorf("%s has no section marked %q", path, name)
		}
	}
	if *experiments.Update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s differs from the keys of the parser; `go test ./experiments -run Reference -update` writes it (-want +got):\n%s", path, diff)
	}
}
