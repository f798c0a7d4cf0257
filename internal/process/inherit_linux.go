package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// Inherited is the workspace that this process has inherited. Contenders do not: they
// are given paths.
func Inherited(path string) *os.File {
	unix.CloseOnExec(inheritedDescriptor)
	return os.NewFile(inheritedDescriptor, path)
}
