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

// programs are the programs that the test binary contains, by name.
var programs = map[string]func(){"iosweep": main}

// TestMain makes the test binary also work as the program. It is started in three ways:
//
//   - as `iosweep`: testscript puts a copy on PATH, and scripts and tests start it;
//   - with the argument `trial` or `worker`: a run inside a test starts its children by
//     os.Executable, which is this binary;
//   - by `go test`, with flags.
func TestMain(m *testing.M) {
	// By default, a race build sleeps for one second at exit. A run has many children.
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	if os.Getenv(addedEnv) != "" {
		addComponents()
	}
	if len(os.Args) == 2 && (os.Args[1] == "trial" || os.Args[1] == "worker") {
		main()
	}
	if strings.HasPrefix(filepath.Base(os.Args[0]), "iosweep.test") {
		restoreSignals()
	}
	testscript.Main(m, programs)
}

// restoreSignals makes the programs that tests start react to every signal. Under nohup(1)
// and in the background of a shell some signals are ignored, and children inherit that. A
// signal that is caught here has its default action in the children.
func restoreSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// A callResult is the exit code and the output of a call.
type callResult struct {
	code     int
	out, err string
}

// call runs the program in this process.
func call(args ...string) callResult {
	var out, err bytes.Buffer
	code := execute(args, streams{strings.NewReader(""), &out, &err})
	return callResult{code, out.String(), err.String()}
}

// wantExit calls the program and checks the exit code.
func wantExit(t *testing.T, code int, args ...string) callResult {
	t.Helper()
	s := call(args...)
	if s.code != code {
		t.Fatalf("iosweep %s\nexit code %d, want %d\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), s.code, code, s.out, s.err)
	}
	return s
}

// skipIfShort skips a long test, or a case that a similar case covers, with -short. make
// check runs all tests.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped with -short")
	}
}

// noError fails the test if err is not nil.
func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// experimentDir makes a directory with an experiment x.yaml and a workspace ws.
func experimentDir(t *testing.T, experiment string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), experiment)
	noError(t, os.Mkdir(filepath.Join(dir, "ws"), 0o755))
	return dir
}

// small is a short experiment. Its contender bad fails.
const small = `
name: tiny
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [sequential, bad]}
trials: {repeats: 2, warmup: 0}
workspace: ws
commands:
  bad: {operation: copy, run: ["false"]}
  cp: {operation: copy, run: [cp, -r, '{input}/.', '{output}']}
`

// goodContender replaces the failing contender by cp.
var goodContender = []string{"--set", "grid.strategy=sequential,cp"}
