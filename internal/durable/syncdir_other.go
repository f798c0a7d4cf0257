//go:build !unix

package durable

// syncDir does nothing: Windows cannot open a directory for syncing and makes
// its names durable with the file.
func syncDir(string) error { return nil }
