//go:build unix

package regular

import (
	"errors"
	"os"
	"syscall"
)

// NonBlock is a flag of os.OpenFile: a named pipe is opened without a wait for its
// other end.
const NonBlock = syscall.O_NONBLOCK

// Lock locks an open file against other processes for as long as it is open: flock(2).
// The error is ErrLocked if another process has it, and ErrNotWritable if it has to be
// opened for writing first. Where a file system has no locks it does without.
func Lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrLocked
	case errors.Is(err, syscall.EBADF):
		return ErrNotWritable
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS):
		return nil
	}
	return os.NewSyscallError("flock", err)
}
