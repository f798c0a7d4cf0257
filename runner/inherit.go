package runner

import (
	"os"
	"os/exec"

	"iosweep/internal/workspace"
)

// inheritedDescriptor is that of the workspace in every process of a trial: the first
// of exec.Cmd.ExtraFiles.
const inheritedDescriptor = 3

// bequeath has a process of a trial inherit the workspace.
func bequeath(cmd *exec.Cmd, ws *workspace.Workspace) {
	if f := ws.File(); f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
}
