package fault

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// systemFaults are of winerror.h, with the system's texts in English.
var systemFaults = []systemFault{
	{windows.ERROR_DISK_FULL, "there is not enough space on the disk.", Full},
	{windows.ERROR_HANDLE_DISK_FULL, "the disk is full.", Full},
	{syscall.Errno(1295), "the requested file operation failed because the storage quota was exceeded.", Quota}, // ERROR_DISK_QUOTA_EXCEEDED
	{windows.ERROR_WRITE_PROTECT, "the media is write protected.", ReadOnly},
	{windows.ERROR_CRC, "data error (cyclic redundancy check).", Device},
	{windows.ERROR_IO_DEVICE, "the request could not be performed because of an i/o device error.", Device},
}
