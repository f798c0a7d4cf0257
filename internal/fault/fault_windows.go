package fault

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// systemFaults lists the error codes of winerror.h that report a machine fault.
var systemFaults = []systemFault{
	{windows.ERROR_DISK_FULL, Full},
	{windows.ERROR_HANDLE_DISK_FULL, Full},
	{syscall.Errno(1295), Quota}, // ERROR_DISK_QUOTA_EXCEEDED
	{windows.ERROR_WRITE_PROTECT, ReadOnly},
	{windows.ERROR_CRC, Device},
	{windows.ERROR_IO_DEVICE, Device},
}
