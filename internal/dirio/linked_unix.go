//go:build unix && (!linux || portable)

package dirio

import (
	"io/fs"
	"syscall"
)

// isLinked reports whether a file has other names. The files of a trial are new, so a file
// with several names was linked and not written.
func isLinked(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}
