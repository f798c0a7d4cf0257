package experiments

import (
	"fmt"
	"strings"
	"testing"
)

// TestExpressions checks which of the cells with workers 1, 2 and 4 a condition excludes.
func TestExpressions(t *testing.T) {
	for _, test := range []struct{ where, left string }{
		{"workers > 1", "1"},
		{"workers * 2 > cpus", "1 2"},
		{"workers % 2 == 0", "1"},
		{"workers / 4 == 0.5", "1 4"},
		{"workers in [1, 4]", "2"},
		{"workers not in [1, 4]", "1 4"},
		{"not (workers < 3)", "1 2"},
		{"1 < workers < 4", "1 4"},
		{"(workers == 1 ? 5 : workers) == 5", "2 4"},
		{"strategy == 'threads' && workers == 2", "1 4"},
		{"strategy startsWith 'thr' and operation contains 'rit' and content endsWith 's'", ""},
		{"size == 4 * KiB", ""},
		{"size > 4 * KB and workers > 2", "1 2"},
		{"queue > 0", "1 2 4"},              // threads have no queue
		{"chunk_size != 2", ""},             // the default level
		{"mode > 1.5", "1 2 4"},             // sequential and threads have no mode
		{"seed == 9223372036854775807", ""}, // not rounded
		{"seed - 1 == 9223372036854775806", ""},
	} {
		source := fmt.Sprintf("name: x\nworkload: {files: 9, content: bytes, seed: 9223372036854775807}\ngrid:\n"+
			"- {operation: write, strategy: sequential}\n- {operation: write, strategy: threads, workers: [1, 2, 4]}\n- {operation: write, strategy: tool, mode: [1, 2.5]}\n"+
			"commands: {tool: {operation: write, run: [tool, '{mode}', '{output}']}}\nexclude: {strategy: [threads, tool], where: %q}\n", test.where)
		e := parse(t, source)
		var left []string
		for _, c := range e.Cells {
			if c.Level(Strategy) == "threads" {
				left = append(left, c.Level(Workers))
			}
		}
		if got := strings.Join(left, " "); got != test.left {
			t.Errorf("%s leaves the workers %q, want %q", test.where, got, test.left)
		}
	}
}
