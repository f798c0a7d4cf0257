//go:build unix

package process

import (
	"os"
	"runtime"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// readUsage asks for this process and for its reaped children, and theirs.
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

// maxRSSBytes: getrusage(2) counts kilobytes on Linux and bytes on Darwin.
func maxRSSBytes(n int64) int64 {
	if runtime.GOOS == "darwin" {
		return n
	}
	return n << 10
}

// PeakMemory is this process's own, in bytes, since ResetPeakMemory. Linux has
// it in proc_pid_status(5) as VmHWM. The figure of getrusage(2) would be that of
// whoever started this process, if that was larger: it survives an exec.
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

// ResetPeakMemory writes what proc_pid_clear_refs(5) documents; elsewhere than
// on Linux there is no such file and nothing happens.
func ResetPeakMemory() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}
