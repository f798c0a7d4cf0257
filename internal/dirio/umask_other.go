//go:build !linux

package dirio

import (
	"io/fs"
	"runtime"
)

// UmaskClears reports whether a new file might lose some of these permissions, so that they
// must be set again. The usual umask keeps the default permissions of a new file. Windows has
// no umask.
func UmaskClears(mode fs.FileMode) bool {
	return mode != plainMode && runtime.GOOS != "windows"
}
