//go:build unix

package process

import (
	"os"
	"runtime"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// readUsage returns the usage of this process and of its reaped descendants.
func readUsage() Usage {
	var self, children unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &self) != nil || unix.Getrusage(unix.RUSAGE_CHILDREN, &children) != nil {
		return Usage{}
	}
	return Usage{
		Known:       true,
		User:        time.Duration(self.Utime.Nano() + children.Utime.Nano()),
		System:      time.Duration(self.Stime.Nano() + children.Stime.Nano()),
		Voluntary:   int64(self.Nvcsw + children.Nvcsw),
		Involuntary: int64(self.Nivcsw + children.Nivcsw),
		Children:    maxRSSBytes(int64(children.Maxrss)),
	}
}

// maxRSSBytes converts a peak memory to bytes: getrusage(2) counts kilobytes on Linux and
// bytes on Darwin.
func maxRSSBytes(n int64) int64 {
	if runtime.GOOS == "darwin" {
		return n
	}
	return n << 10
}

// PeakMemory returns the peak memory of this process in bytes, since ResetPeakMemory. On Linux
// it is VmHWM ("high water mark") in proc_pid_status(5). The value of getrusage(2) survives an
// exec: it would be the peak of the parent process if that was larger.
func PeakMemory() int64 {
	if self, err := procfs.Self(); err == nil {
		if status, err := self.NewStatus(); err == nil && status.VmHWM > 0 {
			return int64(status.VmHWM)
		}
	}
	var self unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &self) != nil {
		return 0
	}
	return maxRSSBytes(int64(self.Maxrss))
}

// ResetPeakMemory resets the peak memory as proc_pid_clear_refs(5) describes. Other systems
// have no such file, and there it does nothing.
func ResetPeakMemory() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}
