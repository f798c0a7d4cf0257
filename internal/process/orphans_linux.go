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

// AdoptOrphans makes this process the parent of whatever its descendants leave
// behind, also of what has left their process group: PR_SET_CHILD_SUBREAPER in
// prctl(2). Without it such processes would go to the first process of the
// machine, and run on into the trials that follow.
func AdoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// AwaitOrphans returns once no child of this process is left, and says whether
// all ended by themselves; those that do not in time are killed. It is called
// when nobody else waits for a child.
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

// KillChildren kills the children of this process, and those that become its
// children by that, until none is left. Who waits for one of them at the same
// time is told that there is none.
func KillChildren() {
	for reapAll() {
		for _, pid := range children() {
			// A child that nobody has reaped keeps its number.
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}

// reapAll reaps the children that have ended and says whether others are left.
func reapAll() (left bool) {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case err == unix.EINTR || pid > 0:
		case err != nil: // ECHILD: there is none
			return false
		default:
			return true
		}
	}
}

// children lists the children of this process.
func children() []int {
	return processesWhere(func(p procfs.Proc) bool {
		stat, err := p.Stat()
		return err == nil && stat.PPID == os.Getpid()
	})
}

// processesWhere lists processes. What is asked of one that has ended meanwhile, or is
// another user's, is an error.
func processesWhere(is func(procfs.Proc) bool) (list []int) {
	all, _ := procfs.AllProcs()
	for _, p := range all {
		if is(p) {
			list = append(list, p.PID)
		}
	}
	return list
}

// KillRun kills all processes of a run's trials, wherever they have gone, until
// none is left or Grace has passed. It is for when a trial's process could not do
// that itself: it was killed, or has crashed. The processes are known by the run's
// id in their environment, which is that of no others; this process may well have
// other children. A process that has cleared its environment, and left the trial's
// process group, is not found.
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
// contender's. Package procfs reads one megabyte of an environment, and the id comes last.
func processesOf(id string) []int {
	variable := []byte(RunVariable + "=" + id)
	return processesWhere(func(p procfs.Proc) bool {
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
		return err == nil && p.PID != os.Getpid() &&
			slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(entry []byte) bool { return bytes.Equal(entry, variable) })
	})
}
