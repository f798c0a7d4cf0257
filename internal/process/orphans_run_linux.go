package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// EndRun kills all processes of a run's trials, wherever they have gone, until
// none is left or grace has passed. It is for when a trial's process could not do
// that itself: it was killed, or has crashed. The processes are known by the run's
// id in their environment, which is that of no others; this process may well have
// other children. A process that has cleared its environment, and left the trial's
// process group, is not found.
func EndRun(id string) {
	dying := map[int]bool{}
	for deadline := time.Now().Add(Grace); time.Now().Before(deadline); {
		for _, pid := range processesOf(id) {
			_ = unix.Kill(pid, unix.SIGKILL)
			dying[pid] = true
		}
		if len(dying) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
		for pid := range dying {
			// It has become a child of this process if its parent has ended. Its
			// environment is gone before it is: by that it is no longer found.
			if _, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); err == unix.ECHILD && unix.Kill(pid, 0) != nil {
				delete(dying, pid)
			}
		}
	}
}

// processesOf lists the processes that were started with a run's id in their
// environment: proc_pid_environ(5). This one is not among them, should it be a
// contender's.
func processesOf(id string) (list []int) {
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		environ, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended, or is somebody else's
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && pid != os.Getpid() && holds(environ, RunVariable+"="+id) {
			list = append(list, pid)
		}
	}
	return list
}

func holds(environ []byte, variable string) bool {
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if string(entry) == variable {
			return true
		}
	}
	return false
}
