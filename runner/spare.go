package runner

import "runtime"

// spareProcessor gives the Go scheduler one processor more than the machine has.
//
// A worker in a system call keeps its processor of the scheduler for as long as
// there is another one that nobody uses. If there is none, the runtime's monitor
// (sysmon in runtime/proc.go) takes the processor away after 20 us and starts a
// thread that looks for work, on one of the machine's processors and at the
// workers' expense: with as many workers as processors, a tenth of the time of
// every copy and every write.
func spareProcessor() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) }
