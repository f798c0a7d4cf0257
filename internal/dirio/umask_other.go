//go:build !linux

package dirio

import (
	"io/fs"
	"runtime"
)

// UmaskClears reports whether a file made with these permissions might lose some,
// so that they have to be set once more. The usual mask leaves those of a file
// that is made alone; Windows has no mask.
func UmaskClears(mode fs.FileMode) bool {
	return mode != plainMode && runtime.GOOS != "windows"
}
