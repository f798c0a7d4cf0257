//go:build !unix

package journal

// mayRun does not know better.
func mayRun(holder) bool { return true }
