package sysinfo

// A Memory is the main memory and the swap, in bytes. The zero value stands for one
// of which nothing is known.
type Memory struct{ Total, Available, Swap, SwapFree int64 }

// Memory reads /proc/meminfo, which counts in KiB (proc_meminfo(5)).
func (r Root) Memory() Memory {
	of := func(key string) int64 {
		n, _ := r.numbered("/proc/meminfo", key)
		return n << 10
	}
	return Memory{of("MemTotal"), of("MemAvailable"), of("SwapTotal"), of("SwapFree")}
}

// Swapped counts the pages that were written to swap and read back so far.
func (r Root) Swapped() (pages int64, ok bool) {
	in, known := r.numbered("/proc/vmstat", "pswpin")
	out, too := r.numbered("/proc/vmstat", "pswpout")
	return in + out, known && too
}
