//go:build !unix

package dirio

import "io/fs"

// isLinked is not to be had from a FileInfo here.
func isLinked(fs.FileInfo) bool { return false }
