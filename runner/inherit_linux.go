package runner

import (
	"os"

	"golang.org/x/sys/unix"
)

// inherited is the workspace that this process has inherited. Contenders do not: they
// are given paths.
func inherited(path string) *os.File {
	unix.CloseOnExec(inheritedDescriptor)
	return os.NewFile(inheritedDescriptor, path)
}
