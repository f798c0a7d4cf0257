package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The memory limits of validate and plan for any experiment file.
const (
	mostToValidate = 64 << 20
	mostToPlan     = 512 << 20
	mostForAGrid   = 200 << 20 // to plan the largest grid
)

func init() { programs["peak"] = peak }

// peak runs a program and writes its peak memory in bytes to a file: peak FILE PROGRAM
// ARGUMENT... A test does not start the program itself, because the kernel would count the
// memory of the test process as the peak of its child.
func peak() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
	if err := os.WriteFile(os.Args[1], []byte(strconv.FormatInt(used, 10)), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(125)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// peakOf runs a program and returns its exit code and its peak memory.
func peakOf(t *testing.T, program string, args ...string) (code int, bytes int64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "peak")
	_, err := exec.Command("peak", append([]string{file, program}, args...)...).CombinedOutput()
	data, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatal(err, readErr)
	}
	bytes, err2 := strconv.ParseInt(string(data), 10, 64)
	if err2 != nil {
		t.Fatal(err2)
	}
	return exitCodeOf(err), bytes
}

// fullGrid is a grid of almost the largest size.
const fullGrid = `
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: {from: 1, to: 4096, step: 1}, chunk_size: {from: 1, to: 24, step: 1}}
`

// TestMemoryOfPlan: for any experiment file of at most 1 MiB, validate needs at most 64 MiB
// and plan at most 512 MiB of memory.
func TestMemoryOfPlan(t *testing.T) {
	skipIfShort(t)
	program := build(t)
	for name, source := range adversaries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "x.yaml")
			if len(source) > 1<<20 {
				t.Fatalf("the file has %d bytes", len(source))
			}
			writeFile(t, file, source)
			check := func(command string, most int64) (code int) {
				code, used := peakOf(t, program, command, file, "--workspace", dir)
				t.Logf("%s: exit code %d, %d MiB", command, code, used>>20)
				if code != exitGood && code != exitUsage {
					t.Errorf("%s: exit code %d", command, code)
				}
				if used > most {
					t.Errorf("%s takes %d MiB, more than %d", command, used>>20, most>>20)
				}
				return code
			}
			if check("validate", mostToValidate) != exitGood {
				return // plan refuses the file at once
			}
			most := int64(mostToPlan)
			if name == "full grid" {
				most = mostForAGrid
			}
			check("plan", most)
		})
	}
}

// adversaries returns experiment files of at most 1 MiB that need much memory.
func adversaries() map[string]string {
	head := "name: x\nworkload: {files: 1, lines: 1}\n"
	grid := head + "grid:" + fullGrid
	long := func(n int) string { return strings.Repeat("x", n) }
	list := func(n int, format string) string {
		var items []string
		for i := range n {
			items = append(items, strings.ReplaceAll(format, "%d", strconv.Itoa(i)))
		}
		return strings.Join(items, ", ")
	}
	lines := func(n int, format string) string {
		return strings.ReplaceAll(list(n, format), "\n, ", "\n")
	}
	sequential := "\n  - {operation: write, strategy: sequential}\n"
	invented := func(axes, levels, length int) string {
		var placeholders, given []string
		for i := range axes {
			placeholders = append(placeholders, fmt.Sprintf("'{a%d}'", i))
			given = append(given, fmt.Sprintf("a%d: [%s]", i, list(levels, "l%d"+long(length))))
		}
		return head + "commands: {c: {operation: write, run: [c, " + strings.Join(placeholders, ", ") + "]}}\n" +
			"grid:" + sequential + "  - {operation: write, strategy: c, " + strings.Join(given, ", ") + "}\n"
	}
	return map[string]string{
		"full grid":       grid,
		"many rounds":     grid + "trials: {repeats: 1000000, warmup: 1000000}\n",
		"most rounds":     grid + "trials: {repeats: 100, warmup: 1}\n",
		"adaptive rounds": grid + "trials: {repeats: {min: 2, max: 1000000, ci: 1%}, warmup: 1}\n",
		"one cell":        head + "grid: {operation: write, strategy: sequential}\ntrials: {repeats: 1000000, warmup: 1000000}\n",
		"one axis":        head + "grid:" + sequential + "  - {operation: write, strategy: threads, chunk_size: {from: 1, to: 99999, step: 1}}\n",
		"seeds":           head + "grid: {operation: write, strategy: [sequential, threads], seed: {from: 1, to: 50000, step: 1}}\n",
		"seeds of one":    head + "grid: {operation: write, strategy: sequential, seed: {from: 1, to: 99999, step: 1}}\n",
		"all axes": head + "grid:\n  - {operation: zip, strategy: sequential, level: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], sync: [none, file, end], cache: [warm, cold], seed: {from: 1, to: 10, step: 1}, lines: [1, 2], values: [1, 2]}\n" +
			"  - {operation: zip, strategy: 'processes+threads', level: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], sync: [none, file, end], cache: [warm, cold], seed: {from: 1, to: 10, step: 1}, lines: [1, 2], values: [1, 2], workers: [1, 2], threads: [1, 2], chunk_size: [1, 2], pool: [cold, warm], sink: [locked]}\n",
		"invented axes":       invented(16, 2, 0),
		"long levels":         invented(16, 2, 190),
		"long levels of one":  invented(1, 4900, 190),
		"long levels of four": invented(4, 17, 190),
		"long axis name":      head + "commands: {c: {operation: write, run: [c, '{" + long(200_000) + "}']}}\ngrid:" + sequential + "  - {operation: write, strategy: c, ? " + long(200_000) + " : {from: 1, to: 99999, step: 1}}\n",
		"long axis unknown": head + "commands: {" + list(4, "c%d: {operation: write, run: [c, '{x%d"+long(100_000)+"}']}") + "}\n" +
			"grid:" + sequential + "  - {operation: write, strategy: c0, " + list(2000, "nothing%d: 1") + "}\n",
		"long workspace":   "name: x\nworkload: {files: 1}\nworkspace: " + long(4000) + "\ngrid:" + fullGrid,
		"long workspaces":  head + "grid:\n  - {operation: write, strategy: [sequential, threads], workers: {from: 1, to: 400, step: 1}, workspace: [" + list(240, "w%d"+long(4000)) + "]}\n",
		"long trees":       "name: x\ngrid:\n  - {operation: copy, strategy: [sequential, threads], workers: {from: 1, to: 400, step: 1}, from: [" + list(240, "w%d"+long(4000)) + "]}\n",
		"blocks":           head + "grid:\n" + lines(6000, "  - {operation: write, strategy: sequential, seed: %d}\n"),
		"blocks by alias":  head + "grid:\n  - {operation: write, strategy: sequential}\n  - &b {operation: write, strategy: threads, workers: [1, 2, 3, 4, 5, 6, 7, 8], chunk_size: [1]}\n" + strings.Repeat("  - *b\n", 9990),
		"unused axes":      head + "grid:\n  - &b {operation: write, strategy: sequential, workers: 1, threads: 1, chunk_size: 1, queue: 1, pool: cold, level: 1, cache: warm, sink: locked, size: 1}\n" + strings.Repeat("  - *b\n", 9990),
		"excludes":         grid + "exclude: [" + list(500, "{strategy: threads, workers: [4000, 4001], chunk_size: [1%d]}") + "]\n",
		"aliased excludes": invented(1, 4900, 190) + "exclude: [&e {a0: [" + "none" + strings.Repeat(", none", 1) + "]}, " + strings.TrimSuffix(strings.Repeat("*e, ", 490), ", ") + "]\n",
		"excluded levels":  head + "commands: {c: {operation: write, run: [c, '{a0}']}}\ngrid:" + sequential + "  - {operation: write, strategy: c, a0: 1}\nexclude: [&e {a0: [" + list(4900, "l%d"+long(190)) + "]}" + strings.Repeat(", *e", 32) + "]\n",
		"baselines":        grid + "baseline: {operation: write}\n",
		"baseline of each": head + "grid: {operation: write, strategy: [sequential, threads], workers: [1], lines: 1, files: {from: 1, to: 50, step: 1}, values: {from: 1, to: 1000, step: 1}}\n",
		"published": grid + "published: {baseline: b, rows: [{method: b, cells: {strategy: sequential}}, " +
			list(99, "{method: r%d, speedup: 2, cells: [{strategy: threads, workers: 1, chunk_size: [1, 2]}, {workers: 3000, chunk_size: [5, 6, 7]}]}") + "]}\n",
		"published filters": head + "commands: {c: {operation: write, run: [c, '{a0}']}}\ngrid:" + sequential + "  - {operation: write, strategy: c, a0: 1}\n" +
			"published: {rows: [{method: a, claim: intact, cells: [&e {a0: [" + list(4900, "l%d"+long(190)) + "]}" + strings.Repeat(", *e", 32) + "]}]}\n",
		"published runs": grid + "published: {baseline: r0, rows: [" + list(60, "{method: r%d, seconds: ["+strings.TrimSuffix(strings.Repeat("1.5, ", 1000), ", ")+"], cells: {workers: 1, chunk_size: 1}}") + "]}\n",
		"profiles":       grid + "profiles: {" + list(100, "p%d: {trials: {repeats: 3}}") + "}\n",
		"large profiles": head + "grid: {operation: write, strategy: sequential, seed: 1}\nprofiles: {" + list(100, "p%d: {grid: {operation: write, strategy: sequential, seed: {from: 1, to: 99999, step: 1}}}") + "}\n",
		"profiles of many values": head + "grid: {operation: write, strategy: [sequential, " + strings.TrimSuffix(strings.Repeat("threads, ", 60_000), ", ") + "]}\nprofiles: {" +
			list(100, "p%d: {trials: {repeats: 3}}") + "}\n",
		"commands": head + "grid:\n  - &b {operation: write, strategy: [sequential, " + list(500, "c%d") + "]}\n" + strings.Repeat("  - *b\n", 320) +
			"commands: {" + list(500, "c%d: {operation: write, run: [c, "+list(4, "'{workers}{threads}{queue}{pool}'")+"]}") + "}\n",
		"long command": head + "grid:" + sequential + "  - {operation: write, strategy: c, workers: {from: 1, to: 4096, step: 1}, chunk_size: {from: 1, to: 6, step: 1}}\n" +
			"commands: {c: {operation: write, run: [c, '{workers} {chunk_size} " + long(500) + "']}}\n",
		"long commands": head + "grid:" + sequential + "  - {operation: write, strategy: c, workers: {from: 1, to: 60, step: 1}}\n" +
			"commands: {c: {operation: write, run: [c, '{workers} " + long(1_000_000) + "']}}\n",
		"arguments":    head + "grid:" + sequential + "  - {operation: write, strategy: c, workers: {from: 1, to: 60, step: 1}}\ncommands: {c: {operation: write, run: [c, '{workers}'" + strings.Repeat(", x", 60_000) + "]}}\n",
		"variables":    head + "grid:" + sequential + "  - {operation: write, strategy: c, workers: {from: 1, to: 60, step: 1}}\ncommands: {c: {operation: write, run: [c, '{workers}'], env: {" + list(15_000, "V%d: '{workers}'") + "}}}\n",
		"placeholders": head + strings.Repeat("\n", 400_000) + "grid: {operation: write, strategy: sequential}\ncommands: {" + list(500, "c%d: {operation: write, run: [c, '"+strings.Join(strings.Split(strings.TrimSuffix(strings.Repeat("{aa} ", 40), " "), " "), "")+"']}") + "}\n",
		"near misses": head + "commands: {" + list(500, "c%d"+long(50)+": {operation: write, run: [c]}") + "}\n" +
			"grid: {operation: write, strategy: [" + list(1500, "z%d"+long(50)) + "]}\n",
		"description":    head + "grid: {operation: write, strategy: sequential}\ndescription: \"" + strings.Repeat("<", 1_000_000) + "\"\n",
		"keys":           head + lines(60_000, "k%d: 1\n"),
		"levels":         head + "grid: {operation: write, strategy: [sequential, threads], workers: [" + list(60_000, "1%d") + "]}\n",
		"same levels":    head + "grid: {operation: write, strategy: [sequential, threads], workers: [1" + strings.Repeat(", 1", 60_000) + "]}\n",
		"commas":         "[" + strings.Repeat("1,", 500_000),
		"nested":         head + "grid: " + strings.Repeat("[", 60_000),
		"nested mapping": head + "grid: " + strings.Repeat("{a: ", 30_000) + "1" + strings.Repeat("}", 30_000),
		"aliases":        head + "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e]\n",
		"anchors":        head + "grid: [" + list(60_000, "&a%d 1") + "]\n",
		"long scalar":    head + "title: " + long(1_000_000) + "\n",
		"long key":       head + "? " + long(1_000_000) + "\n: 1\n",
		"comments":       strings.Repeat("#\n", 500_000),
		"few comments":   head + lines(30_000, "k%d: 1 # c\n"),
		"lines":          strings.Repeat("\n", 1_000_000) + head,
		"escapes":        head + "title: \"" + strings.Repeat("\\x1b", 250_000) + "\"\n",
		"text":           head + "description: >\n" + strings.Repeat(" a\n\n", 250_000),
	}
}
