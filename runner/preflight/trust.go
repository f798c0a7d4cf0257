package preflight

import (
	"fmt"
	"strings"

	"iosweep/internal/workspace"
)

// Untrusted lists where others than this user and root could put a directory of their
// own in the place of the run's: contenders, which are given paths, would work there.
func (p *Prepared) Untrusted() (reasons []string) {
	for _, dir := range p.Workspaces {
		for _, why := range workspace.Untrusted(dir) {
			reasons = append(reasons, fmt.Sprintf("of the workspace %s, %s", dir, why))
		}
	}
	return reasons
}

// CheckTrust refuses such a workspace, unless it is to be trusted.
func (p *Prepared) CheckTrust(trusted bool) error {
	reasons := p.Untrusted()
	if trusted || len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("others could put a directory of their own in the place of the run's: %s\nchoose another workspace, or accept that with --trust-workspace", strings.Join(reasons, "; "))
}
