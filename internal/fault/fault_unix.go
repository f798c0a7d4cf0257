//go:build unix

package fault

import "syscall"

// systemFaults are of errno(3).
var systemFaults = []systemFault{
	{syscall.ENOSPC, Full},
	{syscall.EDQUOT, Quota},
	{syscall.EROFS, ReadOnly},
	{syscall.EIO, Device},
}
