// Command promises holds what was measured against what iosweep promises of its
// engines: so near to the floor, so much faster than the usual programs.
//
//	go run ./internal/promises GO.TXT RUN...
//
// An argument is the directory of a run of the shipped experiment engines, or a
// file with the output of this repository's Go benchmarks. For each it prints a
// Markdown table, one line for each promise. make bench makes all of them first.
//
// It is no part of the program iosweep: a promise is this repository's, and not
// one that a user's machine has to keep.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"iosweep/journal"
)

func main() {
	if err := write(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "promises:", err)
		os.Exit(1)
	}
}

// write prints the table of each argument, and in the end how many are reached.
func write(out io.Writer, paths []string) error {
	if len(paths) == 0 {
		return errors.New("expected directories of runs of the experiment engines, or outputs of go test -bench; found nothing (make bench makes both)")
	}
	var all []line
	for _, path := range paths {
		title, lines, err := read(path)
		if err != nil {
			return err
		}
		if err := writeTable(out, title, lines); err != nil {
			return err
		}
		all = append(all, lines...)
	}
	return writeSum(out, all)
}

// read holds one argument against its promises.
func read(path string) (title string, lines []line, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, err
	}
	if !info.IsDir() {
		lines, err = readBenchmarks(path)
		return "Go benchmarks", lines, err
	}
	log, err := journal.ReadDir(path)
	if err != nil {
		return "", nil, err
	}
	r := resultsOf(log)
	for _, p := range promised() {
		l, err := p.hold(r)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", path, err)
		}
		lines = append(lines, l)
	}
	m := log.Run.Machine
	return fmt.Sprintf("%s, %d processors (%s), %s %s", m.Filesystem, m.CPUs, m.CPUModel, m.OS, m.Kernel), lines, nil
}
