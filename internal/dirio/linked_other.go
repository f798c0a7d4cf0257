//go:build !unix

package dirio

import "io/fs"

// isLinked returns false: on this system a FileInfo does not contain the number of links.
func isLinked(fs.FileInfo) bool { return false }
