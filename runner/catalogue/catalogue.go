// Package catalogue tells the parser of experiment files what this build can do.
package catalogue

import (
	"iosweep/experiments"
	"iosweep/operations"
	"iosweep/strategies"
)

// New lists the operations and strategies of this build.
func New() experiments.Catalogue {
	c := experiments.Catalogue{Unsupported: refuse}
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

func refuse(operation, strategy string) string {
	op, known := operations.Named(operation)
	s, alsoKnown := strategies.Named(strategy)
	if !known || !alsoKnown {
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
