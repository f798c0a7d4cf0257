package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// selfPath leads to the running program, also after its file was replaced or deleted:
// proc_pid_exe(5). With the path of the file, an upgrade during a run would make another
// program measure the remaining trials.
const selfPath = "/proc/self/exe"

// SelfCommand returns a command that runs this program.
func SelfCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, selfPath, args...)
	cmd.Args[0] = "iosweep"
	return cmd
}

// CheckProgram returns an error if this program cannot be started again.
func CheckProgram() error {
	if _, err := os.Stat(selfPath); err != nil {
		return fmt.Errorf("trials are started through it, and it does not exist; mount /proc")
	}
	return nil
}

// RestoreName sets the name of this process to iosweep. The kernel names it "exe", after the
// path that started it. See proc_pid_comm(5).
func RestoreName() { _ = os.WriteFile("/proc/self/comm", []byte("iosweep"), 0) }
