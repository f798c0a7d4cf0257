package experiments_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// interpreter is the first python3 in PATH that has the module aiofiles, which some methods
// need; "" if there is none.
var interpreter = sync.OnceValue(func() string {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, "python3")
		if exec.Command(path, "-c", "import aiofiles").Run() == nil {
			return path
		}
	}
	return ""
})

// python returns the path of the interpreter. On Linux, where the shipped scripts must be
// tested, a missing interpreter is a failure.
func python(t *testing.T) string {
	t.Helper()
	path := interpreter()
	switch {
	case path == "" && runtime.GOOS == "linux":
		t.Fatal("no python3 in PATH has the module aiofiles: run .ci/install-tools")
	case path == "":
		t.Skip("no python3 in PATH has the module aiofiles")
	}
	return path
}

// run runs Python and returns its standard output and standard error.
func run(t *testing.T, env []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python(t), args...)
	cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1"), env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// exitCode returns the exit code of a finished program, or 0 if err is nil.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// methods caches the methods of the scripts by the name of the script.
var methods = struct {
	sync.Mutex
	of map[string][]string
}{of: map[string][]string{}}

// methodsOf returns the methods of a script. It asks each script once.
func methodsOf(t *testing.T, name string) []string {
	t.Helper()
	methods.Lock()
	defer methods.Unlock()
	if list, ok := methods.of[name]; ok {
		return list
	}
	const list = `import runpy, sys; print(*runpy.run_path(sys.argv[1])["METHODS"])`
	out, stderr, err := run(t, nil, "-c", list, filepath.Join("python", name))
	methods.of[name] = strings.Fields(out)
	if err != nil || len(methods.of[name]) < 2 {
		t.Fatalf("the methods of %s: %q, %v\n%s", name, out, err, stderr)
	}
	return methods.of[name]
}

// someMethodsOf returns all methods of a script, or two of them in short mode.
func someMethodsOf(t *testing.T, name string) []string {
	list := methodsOf(t, name)
	if testing.Short() {
		return list[:2]
	}
	return list
}

// spawning returns an environment in which multiprocessing starts every process with the
// method spawn.
func spawning(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	const custom = "import multiprocessing\nmultiprocessing.set_start_method('spawn', force=True)\n"
	must(t, os.WriteFile(filepath.Join(dir, "sitecustomize.py"), []byte(custom), 0o644))
	env := []string{"PYTHONPATH=" + dir}
	method, stderr, err := run(t, env, "-c", "import multiprocessing; print(multiprocessing.get_start_method())")
	if err != nil || strings.TrimSpace(method) != "spawn" {
		t.Fatalf("got the start method %q, want spawn: %v\n%s", method, err, stderr)
	}
	return env
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
