//go:build !unix

package process

// readUsage knows nothing here: Windows accounts for a tree through job
// objects, which the standard library does not make.
func readUsage() Usage { return Usage{} }

func PeakMemory() int64 { return 0 }

func ResetPeakMemory() {}
