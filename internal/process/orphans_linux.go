package process

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// AdoptOrphans makes this process the new parent of orphaned descendants, also of those that
// have left their process group: PR_SET_CHILD_SUBREAPER in prctl(2). Without it, orphans
// become children of the first process of the machine, and continue to run during the
// following trials.
func AdoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// AwaitOrphans waits until this process has no children, and reports whether all of them ended
// without being killed. It kills those that are still running after the given time. Call it
// only while no other goroutine waits for a child.
func AwaitOrphans(within time.Duration) (ended bool) {
	deadline := time.Now().Add(within)
	for reapAll() {
		if time.Now().After(deadline) {
			KillChildren()
			return false
		}
		time.Sleep(time.Millisecond)
	}
	return true
}

// KillChildren kills the children of this process, and the orphans that become its children,
// until there are none. A goroutine that waits for one of them at the same time gets the error
// that there is no such child.
func KillChildren() {
	for reapAll() {
		for _, pid := range children() {
			// The PID of a child is not reused before the child is reaped.
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}

// reapAll reaps the children that have ended and reports whether any are still running.
func reapAll() (running bool) {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case err == unix.EINTR || pid > 0:
		case err != nil: // ECHILD: there are no children
			return false
		default:
			return true
		}
	}
}

// children returns the PIDs of the children of this process. It does not use the kernel's lists of
// children, as a MemoryWatch does: some kernels have none, and KillChildren would never end.
func children() []int {
	return processesWhere(func(p procfs.Proc) bool {
		stat, err := p.Stat()
		return err == nil && stat.PPID == os.Getpid()
	})
}

// processesWhere returns the PIDs of the processes that match. Reading a process that has just
// ended, or that belongs to another user, returns an error.
func processesWhere(match func(procfs.Proc) bool) (list []int) {
	all, _ := procfs.AllProcs()
	for _, p := range all {
		if match(p) {
			list = append(list, p.PID)
		}
	}
	return list
}

// KillRun kills all processes of a run's trials, in any session or group, until none is
// running or Grace has passed. It is needed when the process of a trial was killed or has
// crashed, and so could not end them itself. KillRun finds the processes by the run's id in
// their environment, because this process may have other children. It does not find a process
// that has cleared its environment and left the trial's process group.
func KillRun(id string) {
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
			// If the parent of a killed process has ended, the process is now a child of this
			// process. Its environment is gone earlier than the process itself, so processesOf may
			// no longer find it.
			if _, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); err == unix.ECHILD && unix.Kill(pid, 0) != nil {
				delete(dying, pid)
			}
		}
	}
}

// processesOf returns the PIDs of the processes that have the run's id in their environment:
// proc_pid_environ(5). It leaves out this process, which has the id too if a contender of the
// run has started it. Package procfs reads only one megabyte of an environment, and the id
// comes last, so the file is read directly.
func processesOf(id string) []int {
	variable := []byte(RunVariable + "=" + id)
	return processesWhere(func(p procfs.Proc) bool {
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
		return err == nil && p.PID != os.Getpid() &&
			slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(entry []byte) bool { return bytes.Equal(entry, variable) })
	})
}
