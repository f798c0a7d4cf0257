//go:build unix

package regular

import (
	"errors"
	"os"
	"syscall"
)

// NonBlock is a flag of os.OpenFile: opening a named pipe does not wait for the other end.
const NonBlock = syscall.O_NONBLOCK

// Lock locks an open file against other processes until it is closed: flock(2). The error is
// ErrLocked if another process has locked it, and ErrNotWritable if it must first be opened
// for writing. On a file system without locks, Lock does nothing.
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
