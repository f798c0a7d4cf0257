package preflight

import (
	"fmt"
	"iter"

	"iosweep/experiments"
	"iosweep/strategies"
)

// lacking says which of an experiment's strategies this machine does not have, and
// why. Trials are processes of the same machine under the same limits, so what can be
// had here can be had there.
func lacking(e *experiments.Experiment) iter.Seq2[string, string] {
	return func(yield func(name, why string) bool) {
		asked := map[string]bool{}
		for _, c := range e.Cells {
			name := c.Level(experiments.Strategy)
			s, builtIn := strategies.Named(name)
			if !builtIn || asked[name] {
				continue
			}
			asked[name] = true
			if why := strategies.Unavailable(s); why != "" && !yield(name, fmt.Sprintf("%s is not to be had on this machine: %s", name, why)) {
				return
			}
		}
	}
}
