package main

import (
	"bytes"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// programs are what the test binary is besides, by name.
var programs = map[string]func(){"iosweep": main}

// TestMain makes the test binary the program as well. There are three ways in:
//
//   - as `iosweep` on the PATH, where testscript puts a copy of it: scripts and
//     tests with real processes start it like anybody would;
//   - as `trial` or `worker`: a run within a test starts its children by
//     os.Executable, which is this binary;
//   - by `go test`, whose flags begin with a dash.
func TestMain(m *testing.M) {
	// A race build sleeps for a second at its exit, and a run has many children.
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	if os.Getenv(newcomersEnv) != "" {
		addNewcomers()
	}
	if len(os.Args) == 2 && (os.Args[1] == "trial" || os.Args[1] == "worker") {
		main()
	}
	if strings.HasPrefix(filepath.Base(os.Args[0]), "iosweep.test") {
		heedSignals()
	}
	testscript.Main(m, programs)
}

// heedSignals has the programs that tests start heed every signal. Under nohup(1), and in
// the background of a shell, some are ignored, which is inherited; those that are caught
// here are at their default there.
func heedSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// A said is what the program returned and what it said.
type said struct {
	code     int
	out, err string
}

// call is the program as a function, in this process.
func call(args ...string) said {
	var out, err bytes.Buffer
	code := execute(args, streams{strings.NewReader(""), &out, &err})
	return said{code, out.String(), err.String()}
}

// want calls the program and fails the test unless it returns the code.
func want(t *testing.T, code int, args ...string) said {
	t.Helper()
	s := call(args...)
	if s.code != code {
		t.Fatalf("iosweep %s\nexit code %d, expected %d\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), s.code, code, s.out, s.err)
	}
	return s
}

// long skips a test, or a case of one that others stand for, where time is short. The
// tests of make check leave out nothing.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out with -short")
	}
}

func must0(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a directory with an experiment.
func place(t *testing.T, experiment string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), experiment)
	must0(t, os.Mkdir(filepath.Join(dir, "ws"), 0o755))
	return dir
}
