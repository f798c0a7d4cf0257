package runner

import (
	"fmt"

	"iosweep/experiments"
	"iosweep/internal/workspace"
)

// Untrusted lists where others than this user and root could put a directory of their
// own in the place of the run's: contenders, which are given paths, would work there.
func (p *Prepared) Untrusted() (reasons []string) {
	for _, dir := range p.workspaces {
		for _, why := range workspace.Untrusted(dir) {
			reasons = append(reasons, fmt.Sprintf("%s is the workspace and %s", dir, why))
		}
	}
	return reasons
}

// checkTrust refuses such a workspace, unless it is to be trusted.
func (r *run) checkTrust() error {
	if r.opt.TrustWorkspace {
		return nil
	}
	l := locator{experiment: r.Plan.Experiment}
	for i, at := range r.places {
		for _, why := range workspace.Untrusted(at.workspace) {
			l.add(key(r.Plan.Experiment.Cells[i], experiments.Workspace, "workspace"),
				"others could put a directory of their own in the place of the run's in %s: %s; choose another workspace, or accept that with --trust-workspace", at.workspace, why)
		}
	}
	return l.err()
}
