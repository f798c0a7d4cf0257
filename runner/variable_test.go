package runner

import (
	"testing"

	"iosweep/experiments"
)

// TestCommandsMayNotSetTheRunsVariable: what an experiment file refuses is what
// processes are found by.
func TestCommandsMayNotSetTheRunsVariable(t *testing.T) {
	if runVariable != experiments.RunVariable {
		t.Errorf("the variable of a run is %s, and commands may not set %s", runVariable, experiments.RunVariable)
	}
}
