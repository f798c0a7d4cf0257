package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"iosweep/runner"
)

// A resultsName names the results directory of a new run: the directory of --out, or
// results/NAME-TIME. If that directory exists, -2, -3, ... is appended.
type resultsName struct {
	out  string // the value of --out; empty if it is not given
	base string // the name without a number
}

func newResultsName(out, name string) resultsName {
	return resultsName{out, filepath.Join("results", name+"-"+time.Now().Format("20060102-150405"))}
}

// unused returns the directory of --out, or the first one that does not exist.
func (r resultsName) unused() string {
	if r.out != "" {
		return r.out
	}
	dir := r.base
	for n := 2; ; n++ {
		if _, err := os.Lstat(dir); err != nil {
			return dir
		}
		dir = fmt.Sprintf("%s-%d", r.base, n)
	}
}

// run calls start with a directory from unused. Another run may create that directory first. Then
// run continues with the next unused directory, unless --out names the directory. It returns the
// directory that was used last.
func (r resultsName) run(dir string, show *progress, start func(dir string) (runner.Ending, error)) (string, runner.Ending, error) {
	for {
		ending, err := start(dir)
		if r.out != "" || ending.Kind != "" || !runner.IsTaken(err) {
			return dir, ending, err
		}
		taken := dir
		dir = r.unused()
		show.Preparing(fmt.Sprintf("%s belongs to another run: the results go to %s", taken, dir))
	}
}
