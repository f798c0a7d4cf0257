package cluster

import (
	"os/exec"
	"syscall"
)

// peakMiB returns the peak memory of a process that has ended.
func peakMiB(cmd *exec.Cmd) float64 {
	return float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024 // getrusage(2): KiB
}
