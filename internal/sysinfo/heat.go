package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Overheated counts how often the processors were slowed down for heat so far; nil
// where that is not counted, as on most virtual machines. The files are those of x86,
// in /sys/devices/system/cpu/cpuN/thermal_throttle.
func (r Root) Overheated() *int64 {
	// One processor has them if any has.
	if _, err := os.Stat(r.Path("/sys/devices/system/cpu/cpu0/thermal_throttle")); err != nil {
		return nil
	}
	paths, _ := filepath.Glob(r.Path("/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/*_throttle_count"))
	var sum *int64
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
			if sum == nil {
				sum = new(int64)
			}
			*sum += n
		}
	}
	return sum
}
