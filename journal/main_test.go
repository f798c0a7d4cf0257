package journal

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// helper is the environment variable that turns this test program into a helper process.
const helper = "IOSWEEP_JOURNAL_TEST"

// helpers maps values of the variable to helper processes. arg is the first argument of
// the program.
var helpers = map[string]func(arg string) error{
	"lock": lockAndStartChild,
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

// helperCommand returns the command that starts a helper.
func helperCommand(name, arg string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], arg)
	cmd.Env = append(os.Environ(), helper+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// lockAndStartChild locks a directory, starts a child that outlives this process, prints
// the child's id, and waits.
func lockAndStartChild(dir string) error {
	lock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer lock.Release()
	child := helperCommand("idle", "")
	if err := child.Start(); err != nil {
		return err
	}
	fmt.Println(child.Process.Pid)
	return child.Wait()
}
