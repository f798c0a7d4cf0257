package workspace

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// lockHolder is the process that has a lock of flock(2) on a file, 0 if that is not
// known: proc_locks(5).
func lockHolder(f *os.File) int {
	var stat unix.Stat_t
	if unix.Fstat(int(f.Fd()), &stat) != nil {
		return 0
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0
	}
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino)
	for line := range bytes.Lines(locks) {
		fields := bytes.Fields(line)
		if len(fields) > 5 && string(fields[1]) == "FLOCK" && string(fields[5]) == file {
			pid, _ := strconv.Atoi(string(fields[4]))
			return max(pid, 0)
		}
	}
	return 0
}
