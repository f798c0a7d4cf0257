package process

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// RunDelay returns how long the threads of this process have been runnable and waited for a processor
// so far, summed over the threads. The file of the process has its first thread only, so RunDelay
// reads the file of each thread (Documentation/scheduler/sched-stats.rst of Linux). It does not know
// the times of threads that have ended. It returns false if the kernel does not count.
func RunDelay() (sum time.Duration, ok bool) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0, false
	}
	for _, thread := range threads {
		data, err := os.ReadFile("/proc/self/task/" + thread.Name() + "/schedstat")
		if err != nil {
			continue // the thread has ended
		}
		// Time on a processor, time of waiting for one, and number of time slices.
		fields := bytes.Fields(data)
		if len(fields) < 2 {
			continue
		}
		if n, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
			sum, ok = sum+time.Duration(n), true
		}
	}
	return sum, ok
}
