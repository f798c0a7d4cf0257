package process

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestALongEnvironmentHidesNoProcess: the id of the run is the last of its variables.
func TestALongEnvironmentHidesNoProcess(t *testing.T) {
	const id = "test-of-a-long-environment"
	cmd := exec.Command("sleep", "1000")
	for i := range 12 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("LONG%d=%s", i, strings.Repeat("x", 100_000)))
	}
	cmd.Env = append(cmd.Env, RunVariable+"="+id)
	must(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if found := processesOf(id); !slices.Equal(found, []int{cmd.Process.Pid}) {
		t.Errorf("processes %v, want %d", found, cmd.Process.Pid)
	}
}

// TestEndRun kills the processes of a run, whatever sessions they are in, and leaves
// the other children of this process alone.
func TestEndRun(t *testing.T) {
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
	for len(processesOf(id)) < 5 {
		time.Sleep(time.Millisecond)
	}
	must(t, parent.Process.Kill())
	if err := parent.Wait(); err == nil {
		t.Error("the shell was not killed")
	}
	KillRun(id)
	if left := processesOf(id); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	must(t, other.Process.Signal(unix.Signal(0)))
	for _, pid := range children() {
		if pid != other.Process.Pid {
			t.Errorf("process %d is left, as a zombie", pid)
		}
	}
}
