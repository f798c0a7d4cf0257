package experiments

import (
	"fmt"
	"strings"
	"testing"
	"time"
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

// FuzzExpression checks that no condition makes the parser panic, hang or report a place outside of
// the condition.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		"workers > 1", "not (a", "'", "1..2", "workers ? 1 : 'a'", "-9223372036854775808 - workers", "workers in [1, 'a', [2]]", "{\"a\": 1}.a", "# > 3", "workers |",
		"strategy[workers]", "if workers > 1 { true } else { false }", "let x = 1; x == workers", "`a`", "workers > 0x1F", "1e999 > workers", "workers ** 9999 > 3", "\u00e4 > 1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2*maxExpressionBytes || strings.ContainsAny(text, "\n\r") {
			return
		}
		source := "name: x\nworkload: {files: 9}\ngrid: {operation: write, strategy: [sequential, threads], workers: [1, 2]}\nexclude:\n  - where: '" + strings.ReplaceAll(text, "'", "''") + "'\n"
		begun := time.Now()
		_, err := Parse([]byte(source), Options{File: "f.yaml", Catalogue: testCatalogue, CPUs: 4})
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%q took %v", text, took)
		}
		list, _ := err.(Problems)
		for _, p := range list {
			if strings.Contains(p.Message, "exclude.where") && (p.At.Line != 5 || p.At.Column < 12 || p.At.Column > 13+len(source)) {
				t.Errorf("%q: the problem %v is not in line 5", text, p)
			}
		}
	})
}
