//go:build !linux

package checkup

// These checks exist only on Linux.
var coldCache, directReads, copies, processes = unavailable, unavailable, unavailable, unavailable

const linuxOnly = "available only on Linux"

func unavailable(*subject) Check { return unknown(linuxOnly) }

func ioUring(*subject) Check {
	return unfit("use strategies with threads or processes", linuxOnly)
}
