//go:build unix

package fault

import "syscall"

// systemFaults are of errno(3), with the texts of strerror(3) in the C locale.
var systemFaults = []systemFault{
	{syscall.ENOSPC, "no space left on device", Full},
	{syscall.EDQUOT, "disk quota exceeded", Quota},
	{syscall.EROFS, "read-only file system", ReadOnly},
	{syscall.EIO, "input/output error", Device},
}
