package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// InheritedFile is the workspace that this process has inherited. Contenders do not: they
// are given paths.
func InheritedFile(path string) *os.File {
	unix.CloseOnExec(inheritedDescriptor)
	return os.NewFile(inheritedDescriptor, path)
}

// GrowDescriptorTable makes the process's table of descriptors as large as it will have to be.
// The kernel begins with 64 and doubles it when it is full, and in a process with
// threads it then waits until no processor looks at the old one (synchronize_rcu in
// fs/file.c): tens of milliseconds, which some item in the middle of a trial would
// have taken, and with it the worker that did it.
//
// It is a kindness: if the limit does not allow so many, items will say so.
func GrowDescriptorTable(descriptors int) {
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, descriptors)
	if err == nil {
		unix.Close(fd)
	}
}
