package experiments

import (
	"strings"
	"testing"
)

// TestSelect compares selections with cells of a completed run.
func TestSelect(t *testing.T) {
	cells := map[string]map[string]string{
		"threads 4": {"operation": "copy", "strategy": "threads", "workers": "4", "size": "16384"},
		"threads 8": {"operation": "copy", "strategy": "threads", "workers": "8", "size": "16384"},
		"mine":      {"operation": "copy", "strategy": "mine", "size": "16384", "mode": "a,b"},
	}
	for only, want := range map[string]string{
		"strategy=threads":                  "threads 4, threads 8",
		"workers=cpus":                      "threads 4",
		"workers={from: 2, to: 8, step: 2}": "threads 4, threads 8",
		"size=16KiB,strategy=mine":          "mine",
		"mode='a,b'":                        "mine",
		"mode=other":                        "",
		"workers=8;strategy=mine":           "mine, threads 8",
	} {
		s, err := Select(strings.Split(only, ";"), []string{"copy"}, []string{"threads", "mine"}, []string{"mode"}, 4)
		if err != nil {
			t.Errorf("%s: %v", only, err)
			continue
		}
		var got []string
		for _, name := range []string{"mine", "threads 4", "threads 8"} {
			if s.Matches(cells[name]) {
				got = append(got, name)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %s, want %s", only, strings.Join(got, ", "), want)
		}
	}
	for only, want := range map[string]string{
		"strategy=thread": `--only strategy=thread: unknown strategy "thread": did you mean "threads"? expected threads`,
		"worker=4":        `unknown axis "worker": did you mean "workers"?`,
		"workers":         `expected AXIS=LEVEL, found "workers"`,
	} {
		if _, err := Select([]string{only}, []string{"copy"}, []string{"threads"}, nil, 4); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", only, err, want)
		}
	}
}
