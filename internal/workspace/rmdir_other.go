//go:build !unix

package workspace

import "os"

// removeDirectory removes an empty directory.
func removeDirectory(parent *os.Root, name string) error { return parent.Remove(name) }
