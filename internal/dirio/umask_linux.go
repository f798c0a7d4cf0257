package dirio

import (
	"bytes"
	"io/fs"
	"os"
	"strconv"
	"sync"
)

// umask is the umask of the process as /proc reports it. The system call umask can read it
// only by setting it, which would affect a file created at the same time.
var umask = sync.OnceValue(func() fs.FileMode {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return fs.ModePerm
	}
	_, rest, _ := bytes.Cut(status, []byte("\nUmask:\t"))
	digits, _, _ := bytes.Cut(rest, []byte("\n"))
	mask, err := strconv.ParseUint(string(digits), 8, 32)
	if err != nil {
		return fs.ModePerm
	}
	return fs.FileMode(mask)
})

// UmaskClears reports whether the umask would clear some of these permissions in a new file,
// so that they must be set again. It returns true if the umask is unknown.
func UmaskClears(mode fs.FileMode) bool {
	return mode&umask() != 0
}
