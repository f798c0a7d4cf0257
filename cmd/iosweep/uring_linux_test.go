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

// withoutRings runs a command under a filter of system calls like a container's, which
// forbids io_uring_setup(2). A filter is that of a thread and of what it starts, so a
// thread of the test that ends with it starts the command.
func withoutRings(t *testing.T, cmd *exec.Cmd) (said string, code int) {
	t.Helper()
	type ended struct {
		said []byte
		err  error
	}
	done := make(chan ended)
	go func() {
		runtime.LockOSThread() // for good: a thread that is locked when its goroutine ends, ends
		if err := forbidRings(); err != nil {
			done <- ended{nil, err}
			return
		}
		said, err := cmd.CombinedOutput()
		done <- ended{said, err}
	}()
	e := <-done
	if e.said == nil && e.err != nil {
		t.Skipf("no filter of system calls can be set: %v", e.err)
	}
	return string(e.said), exitCodeOf(e.err)
}

// forbidRings has io_uring_setup(2) answer EPERM on this thread: seccomp(2).
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

// TestForbiddenRings: where io_uring is forbidden, its cells are skipped with the
// reason, as those of a missing program are, and all others are measured.
func TestForbiddenRings(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, lines: 2}\n"+
		"grid: {operation: [write, read], strategy: [sequential, io_uring]}\ntrials: {repeats: 1, warmup: 0}\nworkspace: ws\n")
	cmd := exec.Command("iosweep", "run", "x.yaml", "-o", "out", "--workspace", t.TempDir())
	cmd.Dir = dir
	said, code := withoutRings(t, cmd)
	const reason = "io_uring is not available on this machine: it is forbidden"
	if code != exitFailures || !strings.Contains(said, reason) {
		t.Errorf("exit code %d, want %d and %q:\n%s", code, exitFailures, reason, said)
	}
	log := wholeJournal(t, filepath.Join(dir, "out"))
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
		t.Errorf("%d trials, want those of the two other cells", len(log.Trials))
	}
}

// TestForbiddenRingsAreNoticedBeforehand: plan and doctor say so too.
func TestForbiddenRingsAreNoticedBeforehand(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, lines: 2}\n"+
		"grid: {operation: read, strategy: [sequential, io_uring]}\n")
	for _, args := range [][]string{{"plan", "x.yaml"}, {"doctor", "."}} {
		cmd := exec.Command("iosweep", args...)
		cmd.Dir = dir
		if said, code := withoutRings(t, cmd); code != exitGood || !strings.Contains(said, "forbidden") {
			t.Errorf("%s: exit code %d:\n%s", args[0], code, said)
		}
	}
}
