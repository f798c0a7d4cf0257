//go:build unix && (!linux || portable)

package dirio

import (
	"io/fs"
	"syscall"
)

// isLinked reports whether a file has other names. Every trial's files are new, so
// one that does was linked, not written.
func isLinked(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}
