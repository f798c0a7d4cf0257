package slurmtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// task is a batch script. A task notes its node and waits for the file release.TASK. It finds out if
// another task of the array runs at the same time.
const task = `#!/bin/sh
mkdir $1.lock || echo $SLURM_ARRAY_TASK_ID >>$1.overlap
echo $SLURMD_NODENAME >$1.started.$SLURM_ARRAY_TASK_ID.part
mv $1.started.$SLURM_ARRAY_TASK_ID.part $1.started.$SLURM_ARRAY_TASK_ID
until [ -e $1.release.$SLURM_ARRAY_TASK_ID ]; do sleep 0.1; done
rmdir $1.lock
touch $1.ended.$SLURM_ARRAY_TASK_ID
`

// TestTwoNodes runs job arrays in a cluster whose daemons are killed and restarted.
func TestTwoNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Slurm cluster")
	}
	t.Parallel()
	var dir string
	t.Run("cluster", func(t *testing.T) {
		// Nothing in this test waits for a timeout. The node that is killed must not be taken for
		// dead on a slow machine, and Slurm must not forget the ended tasks.
		c := Start(t, Options{SlurmdTimeout: 3600, MinJobAge: 3600})
		dir = c.Dir
		write(t, dir+"/task", task)
		testOneByOne(t, c)
		testBothNodes(t, c)
		testFailure(t, c)
		testRunningAtTheEnd(t, c)
	})
	for _, p := range processesOf(dir + "/slurm.conf") {
		t.Errorf("process %d is left: %s", p.Pid, commandLine(p.Pid))
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory %s is left: %v", dir, err)
	}
}

// testOneByOne: tasks of an array with %1 run one after another, although slurmctld dies during the
// first task and slurmd during the second one.
func testOneByOne(t *testing.T, c *Cluster) {
	array := submit(t, c, "--array=0-3%1", "--exclusive", "task", "serial")
	started(t, c, "serial", 0)
	c.SaveState(array)
	c.KillController()
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", c.NodePID(1))); c.ControllerPID() != 0 || err != nil {
		t.Errorf("slurmctld has PID %d after its end; the first node: %v", c.ControllerPID(), err)
	}
	write(t, c.Dir+"/serial.release.0", "") // the task ends without slurmctld
	WaitFor(t, "the end of task 0", func() bool { return exists(c.Dir + "/serial.ended.0") })
	c.StartController()

	node := started(t, c, "serial", 1)
	i := slices.Index([]string{"n1", "n2"}, node) + 1
	c.KillNode(i)
	if c.NodePID(i) != 0 {
		t.Errorf("slurmd of %s has PID %d after its end", node, c.NodePID(i))
	}
	c.StartNode(i)
	for k := 1; k < 4; k++ {
		started(t, c, "serial", k)
		write(t, fmt.Sprintf("%s/serial.release.%d", c.Dir, k), "")
	}
	c.WaitIdle()
	states := run(t, c, "squeue", "-h", "-r", "-t", "all", "-j", array, "-o", "%K %T")
	lines := strings.Split(states, "\n")
	slices.Sort(lines)
	if want := []string{"0 COMPLETED", "1 COMPLETED", "2 COMPLETED", "3 COMPLETED"}; !slices.Equal(lines, want) {
		t.Errorf("the tasks are %q, want %q", lines, want)
	}
	if exists(c.Dir + "/serial.overlap") {
		t.Error("two tasks ran at the same time")
	}
}

// testBothNodes: two tasks run at the same time, one on each node.
func testBothNodes(t *testing.T, c *Cluster) {
	submit(t, c, "--array=0-1", "--exclusive", "task", "parallel")
	nodes := []string{started(t, c, "parallel", 0), started(t, c, "parallel", 1)}
	slices.Sort(nodes)
	if !slices.Equal(nodes, []string{"n1", "n2"}) {
		t.Errorf("the tasks ran on %v", nodes)
	}
	if !exists(c.Dir + "/parallel.overlap") {
		t.Error("the tasks did not notice each other, so the test of %1 proves nothing")
	}
	run(t, c, "scancel", "--name=task")
	c.WaitIdle()
}

// testFailure: an error contains the message of the command.
func testFailure(t *testing.T, c *Cluster) {
	_, err := c.Run("sbatch", "--array=11", "task", "rejected")
	if err == nil || !strings.Contains(err.Error(), "exit status 1") || !strings.Contains(err.Error(), "Invalid job array specification") {
		t.Errorf("sbatch of an index above the largest: %v", err)
	}
}

// testRunningAtTheEnd leaves a cluster that cannot cancel its jobs: slurmctld and a slurmd are dead
// while a task runs.
func testRunningAtTheEnd(t *testing.T, c *Cluster) {
	write(t, c.Dir+"/endless", endless)
	submit(t, c, "endless")
	WaitFor(t, "the task", func() bool { return run(t, c, "squeue", "-h", "-o", "%T") == "RUNNING" })
	c.KillController()
	c.KillNode(1)
}

// endless is a batch script with a child that does not end with its job.
const endless = `#!/bin/sh
setsid sleep 3600 &
exec sleep 3600
`

// TestKilledCluster kills a test process that has a cluster with a running task: nothing is left.
func TestKilledCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Slurm cluster")
	}
	const ready = "SLURMTEST_READY"
	if name := os.Getenv(ready); name != "" {
		c := Start(t, Options{})
		write(t, c.Dir+"/endless", endless)
		submit(t, c, "endless")
		WaitFor(t, "the task", func() bool { return run(t, c, "squeue", "-h", "-o", "%T") == "RUNNING" })
		write(t, name+".part", c.Dir)
		if err := os.Rename(name+".part", name); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends, if it does not kill this process
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("a Slurm cluster for tests needs root")
	}
	t.Parallel()
	parent := directory(t)
	name := filepath.Join(parent, "ready")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledCluster$", "-test.v")
	cmd.Env = append(os.Environ(), ready+"="+name, "TMPDIR="+parent, "GOTMPDIR=")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	kill := func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	t.Cleanup(kill)
	var dir []byte
	WaitFor(t, "the cluster of the child", func() bool {
		select {
		case <-ended:
			t.Fatal("the child has ended")
		default:
		}
		var err error
		dir, err = os.ReadFile(name)
		return err == nil
	})
	// munged, slurmctld, 2 slurmd, slurmstepd, and 2 processes of the task.
	if found := processesOf(string(dir) + "/slurm.conf"); len(found) < 6 {
		t.Errorf("the cluster has %d processes", len(found))
	}
	kill()
	WaitFor(t, "the end of all processes", func() bool { return len(processesOf(string(dir)+"/slurm.conf")) == 0 })
}

func submit(t *testing.T, c *Cluster, args ...string) (job string) {
	t.Helper()
	return run(t, c, "sbatch", append([]string{"--parsable", "--output=/dev/null", "--nodes=1"}, args...)...)
}

func run(t *testing.T, c *Cluster, name string, args ...string) string {
	t.Helper()
	out, err := c.Run(name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// started waits until a task runs, and returns its node.
func started(t *testing.T, c *Cluster, array string, task int) (node string) {
	t.Helper()
	WaitFor(t, fmt.Sprintf("the start of task %d", task), func() bool {
		text, err := os.ReadFile(fmt.Sprintf("%s/%s.started.%d", c.Dir, array, task))
		node = strings.TrimSpace(string(text))
		return err == nil
	})
	return node
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
