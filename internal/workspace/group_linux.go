package workspace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A Cgroup is a control group (cgroups(7), version 2) with the processes of a run's trials and
// no others. It is below this process's own group, so two kinds of users can create it: root,
// and a user to whom a group was delegated. It has no controllers: it limits nothing and does
// not affect the measurement.
//
// A process can leave the group only with write access to the groups above. In contrast, any
// process can leave its session and its parent, or clear its environment.
type Cgroup struct {
	path string
	dir  *os.File
}

// NewCgroup creates the control group of the run id. The error is the reason why that is
// impossible.
func NewCgroup(id string) (*Cgroup, error) {
	path, err := cgroupPath(id)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return &Cgroup{path, dir}, nil
}

// RemoveCgroup kills the remaining processes in the control group of a run that was killed,
// and removes the group. It does nothing if there is no such group below this process's own.
func RemoveCgroup(id string) {
	path, err := cgroupPath(id)
	if err != nil {
		return
	}
	if dir, err := os.Open(path); err == nil {
		g := &Cgroup{path, dir}
		g.Kill()
		_ = g.Close()
	}
}

// FD returns a descriptor of the group, for syscall.SysProcAttr.CgroupFD.
func (g *Cgroup) FD() int { return int(g.dir.Fd()) }

// Kill kills all processes of the group, until none is running or two seconds have passed. It
// reaps those that are children of this process.
func (g *Cgroup) Kill() {
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		pids := g.processes()
		if len(pids) == 0 {
			return
		}
		// Frozen processes cannot start others. Writing cgroup.kill would be simpler, but
		// then Linux 6.18 kills every process that starts in the group later.
		g.freeze("1")
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		g.freeze("0")
		for _, pid := range pids {
			_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
		}
		time.Sleep(time.Millisecond)
	}
}

// freeze stops the processes of the group ("1") or continues them ("0"), since Linux 5.2. It
// never creates the file: the kernel provides it, or the call fails.
func (g *Cgroup) freeze(state string) {
	_ = os.WriteFile(filepath.Join(g.path, "cgroup.freeze"), []byte(state), 0)
}

// processes lists the processes of the group, including those that have ended and were not
// reaped.
func (g *Cgroup) processes() (pids []int) {
	list, err := os.ReadFile(filepath.Join(g.path, "cgroup.procs"))
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(list) {
		if pid, err := strconv.Atoi(string(bytes.TrimSpace(line))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Close removes the group, which must be empty.
func (g *Cgroup) Close() error {
	return errors.Join(g.dir.Close(), unix.Rmdir(g.path))
}

// cgroupPath returns the path of the control group of the run id, below this process's group.
func cgroupPath(id string) (string, error) {
	if id == "" || filepath.Base(id) != id {
		return "", errors.New(strconv.Quote(id) + " is not a run id")
	}
	ours, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(ours)) {
		own, found := strings.CutPrefix(strings.TrimSpace(line), "0::") // of version 2
		if !found {
			continue
		}
		for _, m := range mounts() {
			if m.kind == "cgroup2" && Inside(own, m.root) {
				below, err := filepath.Rel(m.root, own)
				return filepath.Join(m.point, below, "iosweep-"+id), err
			}
		}
	}
	return "", errors.New("control groups of version 2 are not mounted")
}
