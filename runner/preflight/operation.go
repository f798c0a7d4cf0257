package preflight

import (
	"iosweep/experiments"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// OperationOf returns the operation of a cell: an own operation of the experiment, or a built-in one.
func OperationOf(e *experiments.Experiment, c experiments.Cell) (operations.Operation, bool) {
	if own, ok := e.OperationOf(c); ok {
		return operations.Own{Name: own.Name, Needs: NeedsOf(own)}, true
	}
	return operations.Named(c.Level(experiments.Operation))
}

// NeedsOf returns the files that the trials of an own operation need.
func NeedsOf(op *experiments.OwnOperation) operations.Needs {
	switch op.Input {
	case experiments.InputCopy:
		return operations.NeedsDisposableCopy
	case experiments.InputNone:
		return operations.NeedsNothing
	}
	return operations.NeedsFiles
}

// hasNoDataset reports whether the trials of a cell have no items.
func hasNoDataset(e *experiments.Experiment, c experiments.Cell) bool {
	own, ok := e.OperationOf(c)
	return ok && own.Input == experiments.InputNone
}

// workloadOf returns the workload of a cell. A tree has its path as written.
func workloadOf(e *experiments.Experiment, c experiments.Cell) workload.Workload {
	if hasNoDataset(e, c) {
		return workload.Workload{}
	}
	w := e.WorkloadOf(c)
	if w.From != "" {
		return workload.Workload{From: w.From, SkipUnreadable: e.SkipUnreadable}
	}
	return workload.Workload{
		Files: w.Files, Content: w.Content, Lines: w.Lines, Values: w.Values, Size: w.Size, Sigma: w.Sigma, Seed: w.Seed,
		Depth: e.Tree.Depth, Fanout: e.Tree.Fanout,
	}
}
