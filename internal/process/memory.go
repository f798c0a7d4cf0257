package process

import "runtime/debug"

// garbageLimit is the amount of garbage, in bytes, that may exist beside a manifest before it
// is collected. It equals the heap size at which the Go collector first runs in an empty
// program (GOGC=100).
const garbageLimit = 4 << 20

// minPercent is the smallest garbage percentage (GOGC) that LimitGarbage sets. A collection
// still costs something: fifty thousand manifests of a few files are not free to scan.
const minPercent = 10

// LimitGarbage keeps a process with large manifests from using twice their memory. By default a
// heap may double before it is collected, so the garbage beside a million items could take as
// much memory as the items. A manifest contains almost no pointers, so scanning it costs almost
// nothing, and collecting more often is cheap. Entries of an archive do contain pointers and
// cost more. LimitGarbage lowers the garbage percentage (GOGC) of the whole heap. So a large
// manifest makes a strategy with many items in memory collect more often.
//
// Rejected: a memory limit (GOMEMLIMIT). A strategy with many items in memory exceeds any
// limit, and the collector would then use up to half of the processors during the timed part.
func LimitGarbage(manifests int64) {
	if manifests > garbageLimit {
		debug.SetGCPercent(int(max(minPercent, 100*garbageLimit/(garbageLimit+manifests))))
	}
}

// DropGarbage returns the garbage of the setup to the system, because it would count as memory
// of the strategy. Returning memory, and allocating it again later, takes time. So it is done
// only for a large manifest, where that time does not matter.
func DropGarbage(manifest int64) {
	if manifest > garbageLimit {
		debug.FreeOSMemory()
	}
}
