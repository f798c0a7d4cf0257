//go:build !unix

package operations

import "io/fs"

// isLinked is not to be had from a FileInfo here.
func isLinked(fs.FileInfo) bool { return false }
