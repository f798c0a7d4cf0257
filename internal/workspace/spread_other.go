//go:build !linux

package workspace

// spread does nothing here: it is for ext4.
func spread(directory) bool { return false }
