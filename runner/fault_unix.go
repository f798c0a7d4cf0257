//go:build unix

package runner

import "syscall"

// systemFaults are of errno(3), with the texts of strerror(3) in the C locale.
var systemFaults = []systemFault{
	{syscall.ENOSPC, "no space left on device", faultFull},
	{syscall.EDQUOT, "disk quota exceeded", faultQuota},
	{syscall.EROFS, "read-only file system", faultReadOnly},
	{syscall.EIO, "input/output error", faultDevice},
}
