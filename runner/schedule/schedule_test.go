package schedule

import (
	"testing"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

const small = `
name: small
workload: {files: 5, lines: 3}
grid:
  - {operation: [write, read], strategy: [sequential, threads, processes], workers: 2}
trials: {repeats: 3, warmup: 1}
`

// parse returns the experiment of a valid source.
func parse(t testing.TB, source string, set ...string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{
		File: "test.yaml", Catalogue: catalogue.New(), CPUs: 2, Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
