package runner

import (
	"testing"

	"iosweep/experiments"
	"iosweep/internal/process"
)

// TestCommandsMayNotSetRunVariable checks that the variable that an experiment file may not set is
// the one by which processes of a run are found.
func TestCommandsMayNotSetRunVariable(t *testing.T) {
	if process.RunVariable != experiments.RunVariable {
		t.Errorf("commands may not set %s, want %s, the variable of a run", experiments.RunVariable, process.RunVariable)
	}
}
