package process

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLongEnvironment finds a process whose long environment ends with the run's id.
func TestLongEnvironment(t *testing.T) {
	const id = "test-of-a-long-environment"
	cmd := exec.Command("sleep", "1000")
	for i := range 12 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("LONG%d=%s", i, strings.Repeat("x", 100_000)))
	}
	cmd.Env = append(cmd.Env, RunVariable+"="+id)
	must(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if found := processesOf(id); !slices.Equal(found, []int{cmd.Process.Pid}) {
		t.Errorf("got processes %v, want %d", found, cmd.Process.Pid)
	}
}

// TestKillRun kills the processes of a run in any session, and no other child of this process.
func TestKillRun(t *testing.T) {
	const id = "test-of-end-run"
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip(err)
	}
	other := exec.Command("sleep", "1000")
	must(t, other.Start())
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	AdoptOrphans()
	parent := exec.Command("sh", "-c", "setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000")
	parent.Env = append(os.Environ(), RunVariable+"="+id)
	must(t, parent.Start())
	await(t, "the shell has started five processes", func() bool { return len(processesOf(id)) >= 5 })
	must(t, parent.Process.Kill())
	if err := parent.Wait(); err == nil {
		t.Error("the shell was not killed")
	}
	KillRun(id)
	if running := processesOf(id); len(running) > 0 {
		t.Errorf("processes %v are still running", running)
	}
	must(t, other.Process.Signal(unix.Signal(0)))
	for _, pid := range children() {
		if pid != other.Process.Pid {
			t.Errorf("process %d is still there, as a zombie", pid)
		}
	}
}
