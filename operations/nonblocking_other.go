//go:build !unix

package operations

// nonBlocking is nothing here: no pipe stands in a directory.
const nonBlocking = 0
