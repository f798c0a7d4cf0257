package journal

import (
	"fmt"
	"os"
)

// pathOf is where an open file is now, "" if it has no name any more or it is not
// known: proc_pid_fd(5).
func pathOf(f *os.File) string {
	at, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return ""
	}
	ours, err := f.Stat()
	if err != nil {
		return ""
	}
	if there, err := os.Stat(at); err != nil || !os.SameFile(there, ours) {
		return ""
	}
	return at
}
