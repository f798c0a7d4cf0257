package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"

	"golang.org/x/perf/benchfmt"

	"iosweep/internal/estimate"
)

// A benchmarked promise is a bound on a figure that a Go benchmark reports, and
// not on a ratio of cells.
type benchmarked struct {
	name  *regexp.Regexp // of the benchmark; each that matches has a line
	unit  string
	per   float64 // items, where the figure is of them all together
	what  string
	bound float64
}

var ofBenchmarks = []benchmarked{
	{regexp.MustCompile(`^Floor/`), "of-floor", 1, "time of the floor's, neither with its start", 1.15},
	{regexp.MustCompile(`^ProcessTask-`), "us/task", 1, "microseconds for a task through a pipe", 15},
	{regexp.MustCompile(`^Million/`), "MiB-trial", 1, "MiB of memory for a million files", 64},
	// What is allocated once, for all items together, is in it.
	{regexp.MustCompile(`^Engine/(write|read|copy|delete)/4KiB-`), "allocs/op", 10_000, "allocations for an item", 0.01},
	{regexp.MustCompile(`^Engine/(write|read|copy|delete)/239KiB-`), "allocs/op", 1000, "allocations for an item", 0.1},
}

// readBenchmarks holds what go test -bench printed against the promises.
func readBenchmarks(path string) ([]line, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	samples := map[key][]float64{}
	var order []key
	reader := benchfmt.NewReader(file, path)
	for reader.Scan() {
		result, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			continue // a line of another kind, or one that go test printed beside
		}
		for i, p := range ofBenchmarks {
			value, known := valueOf(result, p.unit)
			if !known || !p.name.Match(result.Name) {
				continue
			}
			k := key{i, result.Name.String()}
			if samples[k] == nil {
				order = append(order, k)
			}
			samples[k] = append(samples[k], value/p.per)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(order) == 0 {
		return nil, errors.New(path + ": expected the output of go test -bench -benchmem, found none of the benchmarks that promise something")
	}
	var lines []line
	for i, p := range ofBenchmarks {
		n := len(lines)
		for _, k := range order {
			if k.promise == i {
				s := estimate.Describe(samples[k])
				lines = append(lines, line{what: p.what, by: k.name, rounds: s.N, figure: s.Median, interval: s.MedianCI, bound: p.bound})
			}
		}
		if len(lines) == n {
			lines = append(lines, line{what: p.what, bound: p.bound, why: fmt.Sprintf("no benchmark %s reports %s", p.name, p.unit)})
		}
	}
	return lines, nil
}

// A key is one line: a promise, by its index, and the benchmark that it is held
// against.
type key struct {
	promise int
	name    string
}

// valueOf finds a figure by the unit that the benchmark printed.
func valueOf(r *benchfmt.Result, unit string) (float64, bool) {
	for _, v := range r.Values {
		if v.Unit == unit || v.OrigUnit == unit {
			return v.Value, true
		}
	}
	return 0, false
}
