package ceilings

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"iosweep/internal/units"
)

// callsPerStep is the number of system calls in one step.
const callsPerStep = 1000

// systemCalls measures how many system calls all cpus do. getppid(2) does almost nothing, and no library
// answers it without the kernel.
func systemCalls(s *subject) (float64, string) {
	workers := runtime.NumCPU()
	rate, err := s.peak(s.part/2, workers, func(int) (int64, error) {
		for range callsPerStep {
			unix.Getppid()
		}
		return callsPerStep, nil
	})
	if err != nil {
		return 0, err.Error()
	}
	return rate, fmt.Sprintf("getppid, on %s", units.Count(workers, "cpu"))
}
