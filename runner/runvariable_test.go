package runner

import (
	"testing"

	"iosweep/experiments"
	"iosweep/internal/process"
)

// TestCommandsMayNotSetTheRunsVariable: what an experiment file refuses is what
// processes are found by.
func TestCommandsMayNotSetTheRunsVariable(t *testing.T) {
	if process.RunVariable != experiments.RunVariable {
		t.Errorf("the variable of a run is %s, and commands may not set %s", process.RunVariable, experiments.RunVariable)
	}
}
