//go:build !unix

package operations

import "io/fs"

// linked is not to be had from a FileInfo here.
func linked(fs.FileInfo) bool { return false }
