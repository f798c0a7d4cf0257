//go:build !portable

package operations_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forbidden is the environment variable of a test that runs without openat2(2).
const forbidden = "IOSWEEP_TEST_FORBIDDEN"

// TestWithoutOpenat2 runs tests of operations again, as in a container that forbids the call.
func TestWithoutOpenat2(t *testing.T) {
	if os.Getenv(forbidden) != "" {
		if _, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{}); err == nil {
			t.Fatal("openat2 is not forbidden")
		}
		return
	}
	if testing.Short() {
		t.Skip("it runs other tests again")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^(TestWithoutOpenat2|TestEveryOperation|TestSwappedDirectories|TestMountedDirectories|TestDeepTrees|.*NonFile.*)$")
	cmd.Env = append(os.Environ(), forbidden+"=1")
	if out, err := runForbidden(cmd); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// runForbidden runs a command for which openat2(2) fails with EPERM: seccomp(2).
func runForbidden(cmd *exec.Cmd) (out []byte, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		filter := []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_OPENAT2, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		}
		program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
		if err = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return
		}
		if err = unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
			return
		}
		out, err = cmd.CombinedOutput()
	}()
	<-done
	return out, err
}
