package process

import "runtime/debug"

// garbageBeside is how much garbage may lie beside a manifest before it is
// collected. With as much, the collector of package runtime begins in a program that
// holds nothing (GOGC=100).
const garbageBeside = 4 << 20

// leastPercent is how much of a heap may be garbage in any case: fifty thousand
// manifests of a few files do cost a collection something.
const leastPercent = 10

// LimitGarbage keeps a process that holds manifests from taking twice their memory:
// by default a heap may double before it is collected, so a million items would let
// as many bytes of garbage lie as they have themselves. A manifest holds next to no
// pointers, so it costs a collection nothing, and the process collects as often as
// one that holds a few files. Entries of an archive do cost it something. It is the heap as a whole that may grow by so little: a
// strategy that holds as many items at once collects more often than it would beside
// a small manifest.
//
// Rejected: a memory limit (GOMEMLIMIT). A strategy that holds many items at once
// is over any limit, and the collector would then take up to half of the
// processors, within what is timed.
func LimitGarbage(manifests int64) {
	if manifests > garbageBeside {
		debug.SetGCPercent(int(max(leastPercent, 100*garbageBeside/(garbageBeside+manifests))))
	}
}

// DropGarbage gives back to the system what getting ready has left behind, which
// would count as the strategy's memory. It is worth its time, and that of getting
// such memory again, only beside so many items that neither shows in theirs.
func DropGarbage(manifest int64) {
	if manifest > garbageBeside {
		debug.FreeOSMemory()
	}
}
