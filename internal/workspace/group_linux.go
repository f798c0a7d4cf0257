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

// A Cgroup is a control group (cgroups(7), version 2) that holds the processes of a
// run's trials and no others. It is a directory below that of this process's own
// group, so it can be made by root and where a group was handed down to the user. It
// has no controllers: it limits nothing, and is no part of what is measured.
//
// To leave it takes the right to write the groups above, where a session, a parent and
// an environment are left by anybody.
type Cgroup struct {
	path string
	dir  *os.File
}

// NewCgroup makes the control group of the run id. The error says why none can be made.
func NewCgroup(id string) (*Cgroup, error) {
	path, err := groupPath(id)
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

// RemoveCgroup kills what a run that was killed has left in its control group, and removes
// that, where it has one below this process's own group.
func RemoveCgroup(id string) {
	path, err := groupPath(id)
	if err != nil {
		return
	}
	if dir, err := os.Open(path); err == nil {
		g := &Cgroup{path, dir}
		g.Kill()
		_ = g.Close()
	}
}

// FD is a descriptor of the group, for syscall.SysProcAttr.CgroupFD.
func (g *Cgroup) FD() int { return int(g.dir.Fd()) }

// Kill kills all processes of the group, until none is left or some seconds have
// passed. It reaps those that are children of this process.
func (g *Cgroup) Kill() {
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		pids := g.processes()
		if len(pids) == 0 {
			return
		}
		// Frozen, none of them starts another meanwhile. To write cgroup.kill would be
		// simpler, but Linux 6.18 then kills whatever is started in the group later.
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

// freeze stops the processes of the group, or lets them go on; since Linux 5.2. The
// file is never made: the kernel has it, or not.
func (g *Cgroup) freeze(state string) {
	_ = os.WriteFile(filepath.Join(g.path, "cgroup.freeze"), []byte(state), 0)
}

// processes lists the processes of the group, those included that have ended and were
// not reaped.
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

// Close removes the group, which has to be empty.
func (g *Cgroup) Close() error {
	return errors.Join(g.dir.Close(), unix.Rmdir(g.path))
}

// groupPath is the path of the group of the run id, below that of this process.
func groupPath(id string) (string, error) {
	if id == "" || filepath.Base(id) != id {
		return "", errors.New("no id of a run: " + strconv.Quote(id))
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
