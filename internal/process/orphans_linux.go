package process

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

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
			EndChildren()
			return false
		}
		time.Sleep(time.Millisecond)
	}
	return true
}

// EndChildren kills the children of this process, and those that become its
// children by that, until none is left. Who waits for one of them at the same
// time is told that there is none.
func EndChildren() {
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
	return processesWhere("stat", func(stat []byte) bool {
		// The name in brackets may hold anything; what follows it are the state
		// and the parent: proc_pid_stat(5).
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		return len(fields) > 1 && string(fields[1]) == strconv.Itoa(os.Getpid())
	})
}

// processesWhere lists the processes whose file below /proc has a content. One that has
// ended meanwhile, or is another user's, has none.
func processesWhere(file string, has func(content []byte) bool) (list []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/" + file)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil || !has(content) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			list = append(list, pid)
		}
	}
	return list
}

// EndRun kills all processes of a run's trials, wherever they have gone, until
// none is left or Grace has passed. It is for when a trial's process could not do
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
func processesOf(id string) []int {
	variable := []byte(RunVariable + "=" + id)
	list := processesWhere("environ", func(environ []byte) bool {
		return slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(entry []byte) bool { return bytes.Equal(entry, variable) })
	})
	return slices.DeleteFunc(list, func(pid int) bool { return pid == os.Getpid() })
}
