//go:build !unix

package runner

// readUsage knows nothing here: Windows accounts for a tree through job
// objects, which the standard library does not make.
func readUsage() usage { return usage{} }

func peakMemory() int64 { return 0 }

func resetPeakMemory() {}
