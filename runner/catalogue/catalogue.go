// Package catalogue describes the operations and strategies of this build to the parser of
// experiment files.
package catalogue

import (
	"iosweep/experiments"
	"iosweep/operations"
	"iosweep/strategies"
)

// New returns the operations and strategies of this build.
func New() experiments.Catalogue {
	c := experiments.Catalogue{Unsupported: unsupported}
	for _, op := range operations.All {
		info := op.Info()
		c.Operations = append(c.Operations, experiments.OperationInfo{
			Name: info.Name, Axes: axesNamed(info.Axes), Sinks: info.Sinks,
			Input: info.Needs != operations.NeedsNothing,
		})
	}
	for _, s := range strategies.All {
		info := s.Info()
		c.Strategies = append(c.Strategies, experiments.StrategyInfo{
			Name: info.Name, Axes: axesNamed(info.Axes),
		})
	}
	return c
}

// unsupported returns the reason why a strategy does not support an operation, or "" if it
// does.
func unsupported(operation, strategy string) string {
	op, knownOperation := operations.Named(operation)
	s, knownStrategy := strategies.Named(strategy)
	if !knownOperation || !knownStrategy {
		return ""
	}
	return strategies.Unsupported(s, op.Info())
}

func axesNamed(names []string) []experiments.Axis {
	var list []experiments.Axis
	for _, name := range names {
		if a, ok := experiments.AxisNamed(name); ok {
			list = append(list, a)
		}
	}
	return list
}
