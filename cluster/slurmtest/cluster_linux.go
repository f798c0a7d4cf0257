package slurmtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Options are the settings of a cluster that tests vary. Zero values stand for the defaults.
// Times are in seconds, as in slurm.conf(5).
type Options struct {
	Nodes         int    // default 2: n1 and n2
	MaxArraySize  int    // default 11: the largest index of an array is 10
	MinJobAge     int    // default 10: how long Slurm remembers a job that has ended
	SlurmdTimeout int    // default 10: how long a silent node stays up
	KillWait      int    // default 5: the time between SIGTERM and SIGKILL
	ProctrackType string // default pgid; or linuxproc
	OverSubscribe string // default NO; or YES:2, FORCE:2
}

// limit is the longest time that something may take. No test measures how long it takes.
const limit = 5 * time.Minute

// A Cluster is a running Slurm cluster. Its methods must be called by the goroutine of the test.
type Cluster struct {
	// Dir is the directory of the cluster, with its configuration, sockets and logs. Commands run
	// there.
	Dir string

	t          testing.TB
	munged     *daemon
	controller *daemon
	nodes      []*daemon // n1, n2, ...
	watcher    *watcher
}

// Start starts a cluster that lives until the test ends. It skips the test if the user is not
// root. A missing program is an error, so that no test is skipped unnoticed.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a Slurm cluster for tests needs root")
	}
	for _, program := range []string{"mungekey", "munged", "slurmctld", "slurmd", "sbatch"} {
		if _, err := lookPath(program); err != nil {
			t.Fatalf("%s is not installed: make tools installs it", program)
		}
	}
	c := &Cluster{t: t, Dir: directory(t)}
	c.configure(o)
	c.watcher = watch(t, c.configurationFile())
	t.Cleanup(c.stop)

	if _, err := c.Run("mungekey", "--create", "--keyfile="+c.Dir+"/key"); err != nil {
		t.Fatal(err)
	}
	c.munged.start(c)
	WaitFor(t, "the socket of munged", func() bool {
		c.munged.mustRun(t)
		_, err := os.Stat(c.Dir + "/munge.socket")
		return err == nil
	})
	c.StartController()
	for i := range c.nodes {
		c.StartNode(i + 1)
	}
	c.WaitIdle()
	return c
}

// directory makes the directory of a cluster. munged refuses a socket that not all users can reach.
// The path of a socket has at most 107 bytes, and slurmstepd appends about 30 to the directory.
func directory(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if len(dir) > 75 {
		t.Fatalf("the path %s is too long for the sockets of Slurm: set TMPDIR to a shorter one, or choose a shorter name for the test", dir)
	}
	if strings.ContainsAny(dir, "#%=,()[]{} ") {
		t.Fatalf("the path %s has characters with a meaning in slurm.conf: choose another name for the test", dir)
	}
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Run runs a command of Slurm, such as sbatch, and returns its stdout without the last line feed.
// The error contains the exit status and stderr. The command runs in Dir.
func (c *Cluster) Run(name string, args ...string) (stdout string, err error) {
	path, err := lookPath(name)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = c.Dir, c.Env()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(append([]string{name}, args...), " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

// Env returns the environment for commands that use this cluster: the environment of the test,
// without the variables of another cluster whose job the test may be, and with SLURM_CONF.
func (c *Cluster) Env() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SLURM") && !strings.HasPrefix(v, "SBATCH_") {
			env = append(env, v)
		}
	}
	return append(env, "SLURM_CONF="+c.configurationFile())
}

func (c *Cluster) configurationFile() string { return c.Dir + "/slurm.conf" }

// ControllerPID returns the PID of slurmctld, or 0 if it does not run.
func (c *Cluster) ControllerPID() int { return c.controller.pid() }

// NodePID returns the PID of the slurmd of node i, or 0 if it does not run. The first node is 1.
func (c *Cluster) NodePID(i int) int { return c.nodes[i-1].pid() }

// KillController kills slurmctld with SIGKILL. It forgets the changes that it has not saved: SaveState.
func (c *Cluster) KillController() {
	c.t.Helper()
	c.controller.kill()
}

// StartController starts slurmctld and returns when it answers.
func (c *Cluster) StartController() {
	c.t.Helper()
	c.controller.start(c)
	WaitFor(c.t, "slurmctld", func() bool {
		c.controller.mustRun(c.t)
		_, err := c.Run("scontrol", "ping")
		return err == nil
	})
}

// KillNode kills the slurmd of node i with SIGKILL. The tasks of the node continue. The first node is
// 1.
func (c *Cluster) KillNode(i int) {
	c.t.Helper()
	c.nodes[i-1].kill()
}

// StartNode starts the slurmd of node i and returns when it listens. The first node is 1.
func (c *Cluster) StartNode(i int) {
	c.t.Helper()
	n := c.nodes[i-1]
	n.start(c)
	WaitFor(c.t, "slurmd of "+n.name, func() bool {
		n.mustRun(c.t)
		return listens(n.port)
	})
}

// SaveState makes slurmctld save the state of all jobs, and waits until it has done so. A killed
// slurmctld forgets unsaved changes. It saves some changes at once, others after seconds, and the
// start of a task only together with a later change. So SaveState makes a change: the comment for
// administrators of a job.
func (c *Cluster) SaveState(job string) {
	c.t.Helper()
	comment := rand.Text()
	if _, err := c.Run("scontrol", "update", "JobId="+job, "AdminComment="+comment); err != nil {
		c.t.Fatal(err)
	}
	WaitFor(c.t, "the saved state", func() bool {
		c.controller.mustRun(c.t)
		state, err := os.ReadFile(c.Dir + "/state/job_state")
		return err == nil && bytes.Contains(state, []byte(comment))
	})
}

// WaitIdle waits until there are no jobs, and all nodes are idle.
func (c *Cluster) WaitIdle() {
	c.t.Helper()
	WaitFor(c.t, "idle nodes", func() bool {
		for _, d := range append([]*daemon{c.controller}, c.nodes...) {
			d.mustRun(c.t)
		}
		jobs, err := c.Run("squeue", "-h")
		if err != nil || jobs != "" {
			return false
		}
		nodes, err := c.Run("sinfo", "-h", "-o", "%T %D")
		return err == nil && nodes == fmt.Sprintf("idle %d", len(c.nodes))
	})
}

// stop ends the cluster. It reports an error if a process is left.
func (c *Cluster) stop() {
	if c.t.Failed() {
		c.logState()
	}
	if c.allRun() {
		c.cancelJobs()
	}
	for _, d := range append(c.nodes, c.controller, c.munged) {
		d.kill()
	}
	// Some tasks outlive their job, for example when their slurmstepd was killed.
	for _, p := range processesOf(c.configurationFile()) {
		if line := commandLine(p.Pid); line != "" { // a process that is ending has none
			c.t.Logf("killing process %d, which still runs: %s", p.Pid, line)
		}
		_ = p.Kill()
	}
	var left []*os.Process
	ended := poll(func() bool {
		left = processesOf(c.configurationFile())
		return len(left) == 0
	})
	if !ended {
		for _, p := range left {
			c.t.Errorf("process %d of the cluster is left: %s", p.Pid, commandLine(p.Pid))
		}
	}
	c.watcher.stop()
}

func (c *Cluster) allRun() bool {
	for _, d := range append([]*daemon{c.munged, c.controller}, c.nodes...) {
		if !d.runs() {
			return false
		}
	}
	return true
}

// cancelJobs cancels all jobs, so that the tasks end as they do when a user cancels them.
func (c *Cluster) cancelJobs() {
	if _, err := c.Run("scancel", "--user=root"); err != nil {
		c.t.Errorf("cancelling all jobs: %v", err)
	}
	var jobs string
	if !poll(func() (empty bool) {
		var err error
		jobs, err = c.Run("squeue", "-h")
		return err == nil && jobs == ""
	}) {
		c.t.Errorf("these jobs did not end:\n%s", jobs)
	}
}

// logState logs the jobs, the nodes and the last output of each daemon.
func (c *Cluster) logState() {
	if c.controller.runs() {
		for _, command := range [][]string{{"squeue", "-t", "all", "-r"}, {"sinfo", "-N", "-l"}} {
			out, err := c.Run(command[0], command[1:]...)
			c.t.Log(command, err, "\n"+out)
		}
	}
	outputs, _ := filepath.Glob(c.Dir + "/*.out")
	for _, name := range outputs {
		text, _ := os.ReadFile(name)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		c.t.Logf("end of %s:\n%s", name, strings.Join(lines[max(0, len(lines)-40):], "\n"))
	}
}

// WaitFor waits until a condition holds, and fails the test if it does not within some minutes.
func WaitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if !poll(holds) {
		t.Fatalf("waited %v without success: %s", limit, what)
	}
}

// poll reports whether a condition holds within the limit.
func poll(holds func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return holds()
}
