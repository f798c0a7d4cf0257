package sysinfo

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// DirectAlignment returns the number of bytes of which positions and lengths of direct reads in a
// directory must be multiples; 0: unknown. It asks the file system about an unnamed file, if mayWrite
// allows one: STATX_DIOALIGN in statx(2), since Linux 6.1. Otherwise it is the size of the logical
// blocks of the device.
func DirectAlignment(dir string, mayWrite bool) int64 {
	if mayWrite {
		if fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600); err == nil {
			defer unix.Close(fd)
			var stat unix.Statx_t
			err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_DIOALIGN, &stat)
			if err == nil && stat.Mask&unix.STATX_DIOALIGN != 0 && stat.Dio_offset_align > 0 {
				return int64(stat.Dio_offset_align)
			}
		}
	}
	var stat unix.Stat_t
	if unix.Stat(dir, &stat) != nil {
		return 0
	}
	device := fmt.Sprintf("/sys/dev/block/%d:%d/", unix.Major(stat.Dev), unix.Minor(stat.Dev))
	for _, queue := range []string{"queue", "../queue"} { // a partition has the queue of its disk
		text, err := os.ReadFile(device + queue + "/logical_block_size") // not cleaned: device is a link
		if n, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && parseErr == nil {
			return n
		}
	}
	return 0
}
