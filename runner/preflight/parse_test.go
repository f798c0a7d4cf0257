package preflight

import (
	"testing"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

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
