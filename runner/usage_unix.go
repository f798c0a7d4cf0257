//go:build unix

package runner

import (
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// readUsage asks for this process and for its reaped children, and theirs.
func readUsage() usage {
	var total usage
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var r unix.Rusage
		if unix.Getrusage(who, &r) != nil {
			continue
		}
		total.user += time.Duration(r.Utime.Nano())
		total.system += time.Duration(r.Stime.Nano())
		total.voluntary += int64(r.Nvcsw)
		total.involuntary += int64(r.Nivcsw)
		total.maxRSS = max(total.maxRSS, maxRSSBytes(int64(r.Maxrss)))
	}
	return total
}

// maxRSSBytes: getrusage(2) counts kilobytes on Linux and bytes on Darwin.
func maxRSSBytes(n int64) int64 {
	if runtime.GOOS == "darwin" {
		return n
	}
	return n << 10
}

// resetPeakMemory writes what proc_pid_clear_refs(5) documents; elsewhere than
// on Linux there is no such file and nothing happens.
func resetPeakMemory() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}
