package dirio

import (
	"bytes"
	"io/fs"
	"os"
	"strconv"
	"sync"
)

// umask is the process's mask as /proc tells it. The system call umask can only
// be asked by setting it, which a file made at the same time would feel.
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

// UmaskClears reports whether a file made with these permissions would lose some,
// so that they have to be set once more. Where the mask is not known it would.
func UmaskClears(mode fs.FileMode) bool {
	return mode&umask() != 0
}
