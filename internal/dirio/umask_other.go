//go:build !linux

package dirio

import (
	"io/fs"
	"runtime"
)

// MaskStrips reports whether a file made with these permissions might lose some,
// so that they have to be set once more. The usual mask leaves those of a file
// that is made alone; Windows has no mask.
func MaskStrips(mode fs.FileMode) bool {
	return mode != plainMode && runtime.GOOS != "windows"
}
