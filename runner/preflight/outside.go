package preflight

import (
	"fmt"

	"iosweep/internal/workspace"
)

// OutsideTrees refuses a results directory within a tree that the experiment
// reads: its files would become part of what the next run measures, and a tree
// is only ever read.
func (p *Prepared) OutsideTrees(out string) error {
	real, err := workspace.ResolveNew(out)
	if err != nil {
		return err
	}
	for _, at := range p.Places {
		tree := at.Workload.From
		if tree != "" && workspace.Inside(real, tree) {
			return fmt.Errorf("the results directory %s lies in %s, the tree that the experiment reads (workload.from): it is only ever read; name a directory outside it with --out", out, tree)
		}
	}
	return nil
}
