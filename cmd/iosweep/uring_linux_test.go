package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// runWithoutRings runs a command with a seccomp filter that forbids io_uring_setup(2), as in
// some containers. A thread and its children inherit the filter, so a separate thread sets
// it, starts the command, and ends.
func runWithoutRings(t *testing.T, cmd *exec.Cmd) (output string, code int) {
	t.Helper()
	type ended struct {
		output []byte
		err    error
	}
	done := make(chan ended)
	go func() {
		runtime.LockOSThread() // the thread ends with its goroutine, because it is never unlocked
		if err := forbidRings(); err != nil {
			done <- ended{nil, err}
			return
		}
		output, err := cmd.CombinedOutput()
		done <- ended{output, err}
	}()
	e := <-done
	if e.output == nil && e.err != nil {
		t.Skipf("cannot set a seccomp filter: %v", e.err)
	}
	return string(e.output), exitCodeOf(e.err)
}

// forbidRings makes io_uring_setup(2) fail with EPERM on this thread: seccomp(2).
func forbidRings() error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_IO_URING_SETUP, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}

// TestForbiddenRings: if io_uring is forbidden, its cells are skipped with the reason, and all
// other cells are measured.
func TestForbiddenRings(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, lines: 2}\n"+
		"grid: {operation: [write, read], strategy: [sequential, io_uring]}\ntrials: {repeats: 1, warmup: 0}\nworkspace: ws\n")
	cmd := exec.Command("iosweep", "run", "x.yaml", "-o", "out", "--workspace", t.TempDir())
	cmd.Dir = dir
	output, code := runWithoutRings(t, cmd)
	const reason = "io_uring is not available on this machine: it is forbidden"
	if code != exitFailures || !strings.Contains(output, reason) {
		t.Errorf("exit code %d, want %d and %q:\n%s", code, exitFailures, reason, output)
	}
	log := intactJournal(t, filepath.Join(dir, "out"))
	for _, cell := range log.Run.Cells {
		if ringed := cell.Levels["strategy"] == "io_uring"; ringed != strings.HasPrefix(cell.Skip, reason) {
			t.Errorf("%s is skipped: %q", cell.Name, cell.Skip)
		}
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("%s: %s %s", trial.Name, trial.Status, trial.Error)
		}
	}
	if len(log.Trials) != 2 {
		t.Errorf("%d trials, want 2 of the other cells", len(log.Trials))
	}
}

// TestForbiddenRingsArePreflightWarnings: plan and doctor report it, too.
func TestForbiddenRingsArePreflightWarnings(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, lines: 2}\n"+
		"grid: {operation: read, strategy: [sequential, io_uring]}\n")
	for _, args := range [][]string{{"plan", "x.yaml"}, {"doctor", "."}} {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = dir
		if output, code := runWithoutRings(t, cmd); code != exitGood || !strings.Contains(output, "forbidden") {
			t.Errorf("%s: exit code %d:\n%s", args[0], code, output)
		}
	}
}
