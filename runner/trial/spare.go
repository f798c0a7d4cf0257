package trial

import (
	"runtime"

	"iosweep/strategies"
)

// spareProcessor gives the Go scheduler one processor more than the machine has.
//
// A worker in a system call keeps its processor of the scheduler for as long as
// there is another one that nobody uses. If there is none, the runtime's monitor
// (sysmon in runtime/proc.go) takes the processor away after 20 us and starts a
// thread that looks for work, on one of the machine's processors and at the
// workers' expense: with as many workers as processors, a tenth of the time of
// every copy and every write.
//
// Not so where workers wake each other at every item, in a pipeline or in front of a
// sink: a spare processor lets whoever is woken run where nothing of the item is in
// the cache. It takes a fifth longer then.
func spareProcessor(f strategies.Footprint, sink string) {
	if f.Stages <= 1 && sink == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}
