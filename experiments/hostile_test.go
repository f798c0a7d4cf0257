package experiments

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostile are inputs of about a megabyte that are cheap to write and, for a
// careless reader, dear to read.
func hostile() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, maxSource/len(s)) }
	// within is as many times as the marks allow.
	within := func(s string, marksEach int) string { return strings.Repeat(s, (maxMarks-200)/marksEach) }
	head := "name: x\nworkload: {files: 1}\n"
	return map[string]string{
		"commas":          "[" + fill("1,"),
		"brackets":        fill("["),
		"nested maps":     strings.Repeat("{a: ", 9999) + strings.Repeat("}", 9999),
		"dashes":          fill("- "),
		"keys":            fill("a:\n"),
		"comments":        fill("- #\n"),
		"one comment":     fill("# "),
		"one word":        fill("a"),
		"second docs":     fill("---\n"),
		"zero bytes":      fill("\x00"),
		"invalid UTF-8":   fill("\xff"),
		"too long":        fill("a") + "a",
		"allowed commas":  "[" + within("1,", 1) + "1]",
		"different keys":  head + numbered("workloa%d: 1\n", maxMarks-200),
		"alias bomb":      "a: &a [1,1,1,1,1,1,1,1,1]\n" + aliases(30),
		"blocks by alias": head + "grid:\n- &b {operation: write, strategy: threads, workers: {from: 1, to: 4096, step: 1}}\n" + within("- *b\n", 1),
		"same ranges":     head + "grid:\n" + within("- {operation: write, strategy: threads, chunk_size: {from: 1, to: 90000, step: 1}}\n", 13),
		"unknown values":  head + "grid: {operation: write, strategy: [" + within("thraeds,", 1) + "]}",
		"excludes":        head + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 50, step: 1}, chunk_size: {from: 1, to: 50, step: 1}}\nbaseline: {workers: 999, chunk_size: 1}\nexclude: [" + strings.Repeat("{workers: [4093, 4094, 4095, 4096]},", 500) + "]",
		"placeholders":    head + "grid: {operation: write, strategy: x}\ncommands: {x: {operation: write, run: [x, '" + within("{aaaaaaa}", 1) + "']}}",
		"many commands":   head + "grid: {operation: write, strategy: sequential}\ncommands: {" + numbered("a%d: {operation: write, run: [x]},", 9000) + "}",
		"published":       head + "grid: {operation: write, strategy: [sequential, threads], workers: {from: 1, to: 300, step: 1}, chunk_size: {from: 1, to: 300, step: 1}}\npublished: {baseline: b, rows: [{method: b, cells: {strategy: sequential}}," + numbered("{method: r%d, speedup: 2, cells: [{workers: 1, chunk_size: [1, 2]}, {workers: 300, chunk_size: [5, 6, 999]}, {chunk_size: 999}]},", 60) + "]}",
		"published rows":  head + "grid: {operation: write, strategy: sequential}\npublished: {rows: [" + numbered("{method: r%d, cells: {workers: 7}},", 9000) + "]}",
		"profiles":        head + "grid: {operation: write, strategy: sequential}\nprofiles: {" + numbered("a%d: {workload: {files: 1}},", 7000) + "}",
		"baselines":       head + "baseline: {operation: write}\ngrid: {operation: write, strategy: threads, workers: {from: 1, to: 300, step: 1}, chunk_size: {from: 1, to: 300, step: 1}}",
	}
}

func numbered(format string, count int) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(fmt.Sprintf(format, i))
	}
	return b.String()
}

func aliases(depth int) string {
	var b strings.Builder
	for i := range depth {
		name := string(rune('a' + i%26))
		next := string(rune('a' + (i+1)%26))
		fmt.Fprintf(&b, "%s%d: &%s [*%s,*%s,*%s,*%s,*%s,*%s,*%s,*%s]\n", next, i, next, name, name, name, name, name, name, name, name)
	}
	return b.String()
}

// No megabyte may take more memory than this. What is counted is all that is
// allocated, so the peak is below it.
const maxAllocated = 64 << 20

func TestHostileInput(t *testing.T) {
	for name, source := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse([]byte(source), Options{File: "hostile.yaml", Catalogue: fake, CPUs: 4})
			runtime.ReadMemStats(&after)
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 || len(problems) > maxProblems {
				t.Errorf("%d problems: %.200v", len(problems), err)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > maxAllocated {
				t.Errorf("%d MiB allocated, more than %d", allocated>>20, maxAllocated>>20)
			}
		})
	}
}
