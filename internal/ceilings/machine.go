package ceilings

import (
	"fmt"
	"runtime"

	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

// copied is the number of bytes that a step of memoryCopy copies.
const copied = 1 << 20

// memoryCopy measures how much memory all cpus copy. The buffers are larger than the caches of
// processors.
func memoryCopy(s *subject) (float64, string) {
	workers := runtime.NumCPU()
	size := 64 << 20
	if available := sysinfo.Host.Memory().Available; available > 0 {
		size = max(2*copied, min(size, int(available)/16/workers)) &^ (copied - 1)
	}
	from, to, at := make([][]byte, workers), make([][]byte, workers), make([]int, workers)
	for w := range workers {
		from[w], to[w] = make([]byte, size), make([]byte, size)
		for i := 0; i < size; i += 512 { // a page that was never written is not in memory
			from[w][i], to[w][i] = 1, 1
		}
	}
	rate, err := s.peak(s.part, workers, func(w int) (int64, error) {
		i := at[w]
		at[w] = (i + copied) % size
		return int64(copy(to[w][i:i+copied], from[w][i:i+copied])), nil
	})
	if err != nil {
		return 0, err.Error()
	}
	return rate, fmt.Sprintf("from memory to memory, on %s", units.Count(workers, "cpu"))
}
