package experiments

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// hostile returns inputs of about a megabyte. They are easy to write, but expensive for a
// careless parser.
func hostile() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, MaxSource/len(s)) }
	// within repeats s as often as the limit of indicators allows.
	within := func(s string, indicatorsEach int) string {
		return strings.Repeat(s, (maxIndicators-200)/indicatorsEach)
	}
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
		"different keys":  head + numbered("workloa%d: 1\n", maxIndicators-200),
		"alias bomb":      "a: &a [1,1,1,1,1,1,1,1,1]\n" + aliases(30),
		"blocks by alias": head + "grid:\n- &b {operation: write, strategy: threads, workers: {from: 1, to: 4096, step: 1}}\n" + within("- *b\n", 1),
		"same ranges":     head + "grid:\n" + within("- {operation: write, strategy: threads, chunk_size: {from: 1, to: 90000, step: 1}}\n", 13),
		"unknown values":  head + "grid: {operation: write, strategy: [" + within("thraeds,", 1) + "]}",
		"excludes":        head + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 50, step: 1}, chunk_size: {from: 1, to: 50, step: 1}}\nbaseline: {workers: 999, chunk_size: 1}\nexclude: [" + strings.Repeat("{workers: [4093, 4094, 4095, 4096]},", 500) + "]",
		"placeholders":    head + "grid: {operation: write, strategy: x}\ncommands: {x: {operation: write, run: [x, '" + within("{aaaaaaa}", 1) + "']}}",
		"open braces":     head + "grid: {operation: write, strategy: x}\ncommands: {x: {operation: write, run: [x, '" + within("{              ", 1) + "']}}",
		"closed braces":   head + "grid: {operation: write, strategy: x}\ncommands: {x: {operation: write, run: [x, &b '" + strings.Repeat("} ", 450_000) + "'" + strings.Repeat(",*b", 20_000) + "]}}",
		"many variants":   head + "grid: {operation: write, strategy: [" + numbered("a%d,", maxCommands) + "], chunk_size: {from: 1, to: 100000, step: 1}}\ncommands: {" + numbered("a%d: {operation: write, run: [x, '{chunk_size}']},", maxCommands) + "}",
		"many commands":   head + "grid: {operation: write, strategy: sequential}\ncommands: {" + numbered("a%d: {operation: write, run: [x]},", 9000) + "}",
		"published":       head + "grid: {operation: write, strategy: [sequential, threads], workers: {from: 1, to: 300, step: 1}, chunk_size: {from: 1, to: 300, step: 1}}\npublished: {baseline: b, rows: [{method: b, cells: {strategy: sequential}}," + numbered("{method: r%d, speedup: 2, cells: [{workers: 1, chunk_size: [1, 2]}, {workers: 300, chunk_size: [5, 6, 999]}, {chunk_size: 999}]},", 60) + "]}",
		"published rows":  head + "grid: {operation: write, strategy: sequential}\npublished: {rows: [" + numbered("{method: r%d, cells: {workers: 7}},", 9000) + "]}",
		"profiles":        head + "grid: {operation: write, strategy: sequential}\nprofiles: {" + numbered("a%d: {workload: {files: 1}},", 7000) + "}",
		"anchors":         head + "grid: [" + numbered("&a%d 1,", maxIndicators-300) + "]",
		"aliases of one":  head + "a: &a 1\ngrid: [" + within("*a,", 1) + "]",
		"deep flow":       head + "grid: " + strings.Repeat("[", maxIndicators-200),
		"deep and closed": head + "grid: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"huge integer":    head + "seed: " + strings.Repeat("9", MaxSource-100),
		"huge integers":   head + "grid: {operation: write, strategy: threads, workers: [" + strings.Repeat(strings.Repeat("9", 1000)+",", 1000) + "]}",
		"huge exponent":   head + "budget: 1e" + strings.Repeat("9", 1000) + "h",
		"long key":        head + strings.Repeat("k", MaxSource-100) + ": 1",
		"long keys":       head + strings.Repeat(strings.Repeat("k", 1000)+"%: 1\n", 1000),
		"long axis":       head + "grid: {operation: write, strategy: x, " + strings.Repeat("a", 500_000) + ": [1, 2]}\ncommands: {x: {operation: write, run: [x, '{" + strings.Repeat("a", 500_000) + "}']}}",
		"merge keys":      head + "a: &a {b: 1}\n" + strings.Repeat("c: {<<: *a}\n", 10_000),
		"tags":            head + "grid: [" + strings.Repeat("!!binary aaaa,", 60_000) + "]",
		"escapes":         head + "title: \"" + strings.Repeat("\\x1b", 250_000) + "\"",
		"folded":          head + "title: >\n" + strings.Repeat(" a\n\n", 200_000),
		"quotes":          head + "title: '" + strings.Repeat("''", 500_000) + "'",
		"broken items":    head + "grid: [" + within("{a}b,", 2) + "]",
		"broken pairs":    head + "grid: {" + within("a: b: c,", 3) + "}",
		"colons":          head + within("a: b: c\n", 2),
		"nested and open": head + "grid: " + strings.Repeat("{a: ", 9999) + strings.Repeat("}", 9998) + "x",
		"open quote":      head + "title: \"" + strings.Repeat("a\n", 500_000),
		"open lines":      head + "grid: [a\n" + strings.Repeat("\n", 1_000_000),
		"bad escapes":     head + "title: \"" + strings.Repeat("\\d", 500_000) + "\"",
		"tabs":            head + strings.Repeat("\t\n", 500_000),
		"empty tags":      head + "grid: [" + within("! a,", 1) + "]",
		"no levels":       head + "grid: {operation: write, strategy: threads, workers: [" + within("cpus/x,", 1) + "]}",
		"command lines":   head + "grid: {operation: write, strategy: sequential}\ncommands: {z: {operation: write, run: [&x '" + strings.Repeat("a ", 450_000) + "']}," + numbered("a%d: {operation: wirte, run: [*x]},", 400) + "}",
		"wide texts":      head + "title: " + strings.Repeat("\u201ca: ", 100_000),
		"wide range":      head + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 9223372036854775807, step: 1}}",
		"tiny steps":      head + "grid: {operation: write, strategy: threads, workers: {from: 1, to: 9223372036854775807, factor: 1}}",
		"axes times axes": head + "grid: {operation: [write, write], strategy: threads, workers: {from: 1, to: 4000, step: 1}, chunk_size: {from: 1, to: 4000, step: 1}, repeat: {from: 1, to: 4000, step: 1}}",
		"baselines":       head + "baseline: {strategy: threads}\ngrid: {operation: write, strategy: [sequential, threads], workers: {from: 1, to: 300, step: 1}, chunk_size: {from: 1, to: 300, step: 1}}",
		"many baselines":  head + "baseline: {strategy: threads, workers: 1, chunk_size: {from: 1, to: 100, step: 1}}\ngrid: {operation: write, strategy: [threads, processes], workers: {from: 1, to: 400, step: 1}, chunk_size: {from: 1, to: 100, step: 1}}",
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

// TestHostileOverrides checks that the limits of a file also apply to overrides.
func TestHostileOverrides(t *testing.T) {
	minimal := []byte("name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: [sequential, threads], workers: 2}\n")
	for name, set := range map[string]string{
		"deep path":    strings.Repeat("a.", MaxSource/2) + "a=1",
		"deep value":   "grid.workers=" + strings.Repeat("[", MaxSource),
		"many values":  "grid.workers=" + strings.Repeat("1,", MaxSource/2),
		"wide range":   "grid.workers={from: 1, to: 9223372036854775807, step: 1}",
		"alias bomb":   "workload={files: &a [1, 1], lines: &b [*a, *a], size: &c [*b, *b, *b]}",
		"huge integer": "workload.files=" + strings.Repeat("9", MaxSource),
		"escape":       "name=\"\\x1b[2J\"",
		"newline":      "name=\"a\\nb\"",
		"direction":    "name=\u202etxt.exe",
		"nothing":      "=",
	} {
		t.Run(name, func(t *testing.T) {
			refusedCheaply(t, minimal, Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4, Set: []string{set}})
		})
	}
}

// TestHostileNames checks that no name can leave its directory, act as a formula or an option,
// or control a terminal.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{
		"=cmd()", "+1", "@x", "-rf", "../x", "/etc/x", ".", "..", "a/b", `a\b`, "a\nb", "a\x00b", "a\x1b[2Jb", "a\u202eb", "\u00a0",
		"<script>alert(1)</script>", "a b", strings.Repeat("a", 5000), "",
	} {
		for place, source := range map[string]string{
			"experiment": "name: %s\nworkload: {files: 3}\ngrid: {operation: write, strategy: sequential}\n",
			"axis":       "name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: c, %s: [a, b]}\ncommands: {c: {operation: write, run: [c, x]}}\n",
			"command":    "name: x\nworkload: {files: 3}\ngrid: {operation: write, strategy: %[1]s}\nbaseline: {strategy: %[1]s}\ncommands: {%[1]s: {operation: write, run: [c]}}\n",
		} {
			refusedCheaply(t, fmt.Appendf(nil, source, strconv.Quote(name)), Options{File: "x.yaml", Catalogue: testCatalogue, CPUs: 4})
			if t.Failed() {
				t.Fatalf("failed with the %s name %q", place, name)
			}
		}
	}
}

// refusedCheaply fails the test unless Parse refuses the input with printable messages and a
// limited amount of memory.
func refusedCheaply(t *testing.T, source []byte, opt Options) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Parse(source, opt)
	runtime.ReadMemStats(&after)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) == 0 || len(problems) > maxProblems {
		t.Errorf("got %d problems, want 1 to %d: %.200v", len(problems), maxProblems, err)
	}
	for _, p := range problems {
		if strings.ContainsFunc(p.Message, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("got an unprintable message: %.200q", p.Message)
		}
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > maxAllocated {
		t.Errorf("Parse allocated %d MiB, want at most %d", allocated>>20, maxAllocated>>20)
	}
}

// maxAllocated is the maximum number of bytes that Parse may allocate for a megabyte of input.
// It counts all allocations, so the peak is lower.
const maxAllocated = 64 << 20

func TestHostileInput(t *testing.T) {
	for name, source := range hostile() {
		if testing.Short() && (len(source) > 200_000 || name == "published") {
			continue // these take a second each, and ten with the race detector
		}
		t.Run(name, func(t *testing.T) {
			refusedCheaply(t, []byte(source), Options{File: "hostile.yaml", Catalogue: testCatalogue, CPUs: 4})
		})
	}
}
