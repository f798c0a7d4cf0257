package trial

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// TestMain lets this test binary serve as its own child processes: it runs os.Executable() with
// the argument "trial" or "worker".
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "trial":
			exitWith(Trial(context.Background(), os.Stdin, os.Stdout))
		case "worker":
			exitWith(Worker(context.Background(), os.Stdin, os.Stdout))
		}
	}
	// By default a program with the race detector sleeps a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
