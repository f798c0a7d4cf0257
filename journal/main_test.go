package journal

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// helper is the variable that makes this test program a process that tests need.
const helper = "IOSWEEP_JOURNAL_TEST"

// helpers are those processes, by the value of the variable; arg is the first
// argument of the program.
var helpers = map[string]func(arg string) error{
	"hold": holdAndHaveAChild,
	"idle": func(string) error { time.Sleep(5 * time.Minute); return nil },
}

func TestMain(m *testing.M) {
	if do, ok := helpers[os.Getenv(helper)]; ok {
		if err := do(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helperCommand is a helper to be started.
func helperCommand(name, arg string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], arg)
	cmd.Env = append(os.Environ(), helper+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// holdAndHaveAChild locks a directory, starts a process that outlives this one,
// says which, and does not end.
func holdAndHaveAChild(dir string) error {
	held, err := Lock(dir)
	if err != nil {
		return err
	}
	defer held.Release()
	child := helperCommand("idle", "")
	if err := child.Start(); err != nil {
		return err
	}
	fmt.Println(child.Process.Pid)
	return child.Wait()
}
