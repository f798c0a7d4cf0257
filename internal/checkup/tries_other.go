//go:build !linux

package checkup

// The file system and the kernel are tried out on Linux alone.

func coldCache(*subject) Check { return unknown(linuxOnly) }

func directReads(*subject) Check { return unknown(linuxOnly) }

func copies(*subject) Check { return unknown(linuxOnly) }

func ioUring(*subject) Check {
	return unfit("use the strategies that are threads or processes", linuxOnly)
}

func processes(*subject) Check { return unknown(linuxOnly) }

const linuxOnly = "it is there on Linux alone"
