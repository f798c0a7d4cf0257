//go:build !linux

package checkup

// The file system and the kernel are tried out on Linux alone.
var coldCache, directReads, copies, processes = notHere, notHere, notHere, notHere

const linuxOnly = "it is there on Linux alone"

func notHere(*subject) Check { return unknown(linuxOnly) }

func ioUring(*subject) Check {
	return unfit("use the strategies that are threads or processes", linuxOnly)
}
