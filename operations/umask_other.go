//go:build !linux

package operations

import (
	"io/fs"
	"runtime"
)

// maskStrips says whether a file made with these permissions might lose some,
// so that they have to be set once more. The usual mask leaves those of a file
// that is made alone; Windows has no mask.
func maskStrips(mode fs.FileMode) bool {
	return mode != plainMode && runtime.GOOS != "windows"
}
