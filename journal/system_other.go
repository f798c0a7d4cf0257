//go:build !linux

package journal

import "os"

// pathOf is not known here.
func pathOf(*os.File) string { return "" }

// fallocate reserves nothing: macOS and Windows would make the file longer.
func fallocate(*os.File, int64, int64) error { return nil }
