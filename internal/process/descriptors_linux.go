package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// InheritedFile returns the workspace directory that this process inherited as a descriptor. A
// contender inherits no descriptor: it gets paths.
func InheritedFile(path string) *os.File {
	unix.CloseOnExec(inheritedDescriptor)
	return os.NewFile(inheritedDescriptor, path)
}

// GrowDescriptorTable grows the descriptor table of this process to the size that it will need.
// The kernel starts with 64 entries and doubles the table when it is full. In a process with
// threads it then waits until no processor uses the old table: fs/file.c of the kernel calls
// synchronize_rcu for this. The wait takes tens of milliseconds, and would delay one worker in
// the middle of a trial.
//
// A failure is ignored: if the limit does not allow this number, opening a file reports it
// later.
func GrowDescriptorTable(descriptors int) {
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, descriptors)
	if err == nil {
		unix.Close(fd)
	}
}
