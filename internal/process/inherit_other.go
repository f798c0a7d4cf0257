//go:build !linux

package process

import "os"

// Inherited is nil: here each process opens the workspace by itself.
func Inherited(string) *os.File { return nil }
