package slurmtest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A daemon is a process of a cluster: munged, slurmctld or a slurmd.
type daemon struct {
	name string
	args []string
	port int // of a slurmd

	cmd   *exec.Cmd     // nil before the first start
	ended chan struct{} // closed when cmd has ended
}

// start starts a daemon in a session of its own, as systemd does. Its output is in NAME.log or
// NAME.out.
func (d *daemon) start(c *Cluster) {
	c.t.Helper()
	if d.runs() {
		c.t.Fatalf("%s runs already", d.name)
	}
	path, err := lookPath(d.args[0])
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := os.OpenFile(filepath.Join(c.Dir, d.name+".out"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		c.t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(path, d.args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Env()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	d.cmd, d.ended = cmd, ended
}

func (d *daemon) runs() bool {
	if d.cmd == nil {
		return false
	}
	select {
	case <-d.ended:
		return false
	default:
		return true
	}
}

// mustRun fails the test if the daemon has ended. Its log has the reason.
func (d *daemon) mustRun(t testing.TB) {
	t.Helper()
	if !d.runs() {
		t.Fatalf("%s does not run", d.name)
	}
}

func (d *daemon) pid() int {
	if !d.runs() {
		return 0
	}
	return d.cmd.Process.Pid
}

// kill kills the daemon and waits for its end.
func (d *daemon) kill() {
	if d.runs() {
		_ = d.cmd.Process.Kill()
		<-d.ended
	}
}

// lookPath finds a program also in the directory of daemons, which PATH of most users lacks.
func lookPath(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return exec.LookPath("/usr/sbin/" + program)
	}
	return path, nil
}

// processesOf returns the processes of the cluster with this slurm.conf: the daemons, each slurmstepd, the tasks and
// everything that they started. All have SLURM_CONF in their environment.
func processesOf(file string) (list []*os.Process) {
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, entry := range entries {
		pid, err := strconv.Atoi(filepath.Base(entry))
		if err != nil || pid == os.Getpid() {
			continue
		}
		// FindProcess opens the process itself. If the PID is reused later, Kill does nothing.
		p, err := os.FindProcess(pid)
		if err != nil {
			continue
		}
		environment, _ := os.ReadFile(entry + "/environ")
		for v := range bytes.SplitSeq(environment, []byte{0}) {
			if string(v) == "SLURM_CONF="+file {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

func commandLine(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimSpace(strings.ReplaceAll(string(text), "\x00", " "))
}

// watching waits for the end of its stdin. Then it kills all processes that have SLURM_CONF of the
// cluster in their environment, until it has found none for some time.
const watching = `
read -r line
i=0
while [ $i -lt 10 ]; do
	i=$((i+1))
	for file in $(grep -lszxF "SLURM_CONF=$0" /proc/[0-9]*/environ); do
		pid=${file#/proc/}
		kill -9 ${pid%/environ}
		i=0
	done
	sleep 0.1
done
`

// A watcher is a process that kills the processes of a cluster when the test process has died.
// PR_SET_PDEATHSIG cannot do that. It reaches the daemons, but not the tasks, whose slurmstepd has
// another parent. It also takes effect when the thread that started a daemon ends, and some tests end
// their threads.
type watcher struct {
	cmd  *exec.Cmd
	pipe io.Closer // the last copy of its write end is closed when this process dies
}

func watch(t testing.TB, file string) *watcher {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", watching, file)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &watcher{cmd: cmd, pipe: pipe}
}

func (w *watcher) stop() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
	_ = w.pipe.Close()
}
