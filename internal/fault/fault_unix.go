//go:build unix

package fault

import "syscall"

// systemFaults lists the error numbers of errno(3) that report a machine fault.
var systemFaults = []systemFault{
	{syscall.ENOSPC, Full},
	{syscall.EDQUOT, Quota},
	{syscall.EROFS, ReadOnly},
	{syscall.EIO, Device},
}
