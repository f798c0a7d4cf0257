package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// selfPath leads to the program that runs, also after its file was replaced or
// deleted: proc_pid_exe(5). By the path of its file, an upgrade during a run would
// have the rest of the trials measured by another program.
const selfPath = "/proc/self/exe"

// SelfCommand is a command that runs this very program.
func SelfCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, selfPath, args...)
	cmd.Args[0] = "iosweep"
	return cmd
}

// CheckProgram reports why this program cannot be started again.
func CheckProgram() error {
	if _, err := os.Stat(selfPath); err != nil {
		return fmt.Errorf("trials are started through it, and it is not there; mount /proc")
	}
	return nil
}

// RestoreName gives this process its name back: the kernel calls it "exe", after the
// path that it was started by. See proc_pid_comm(5).
func RestoreName() { _ = os.WriteFile("/proc/self/comm", []byte("iosweep"), 0) }
