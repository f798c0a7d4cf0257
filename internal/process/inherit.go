package process

import (
	"os"
	"os/exec"
)

// inheritedDescriptor is that of the workspace in every process of a trial: the first
// of exec.Cmd.ExtraFiles.
const inheritedDescriptor = 3

// Bequeath has a process of a trial inherit the workspace.
func Bequeath(cmd *exec.Cmd, f *os.File) {
	if f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
}
