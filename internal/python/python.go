// Package python finds the Python interpreters of a machine and describes them. It asks an
// interpreter by running a short program in it, because the file in PATH may be a shim: a
// script that chooses an interpreter and starts it.
package python

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/process"
	"iosweep/journal"
)

// A Place is the directory and the environment in which interpreters run. A shim may choose
// another interpreter in another directory.
type Place struct {
	Dir string
	Env []string // in addition to the environment of this process
}

// timeout limits one start of an interpreter.
const timeout = 20 * time.Second

// withoutDirectory removes the working directory from the paths of modules. A script runs with
// its own directory instead.
const withoutDirectory = "import sys; sys.path[:] = [p for p in sys.path if p]; "

// describe prints the description of the interpreter that runs it. It runs in Python 2.7 and
// later.
const describe = withoutDirectory + `
import json, platform
try:
    import multiprocessing
    method = multiprocessing.get_start_method()
except Exception:
    method = ""
gil = getattr(sys, "_is_gil_enabled", lambda: True)
print(json.dumps({"executable": sys.executable or "", "version": sys.version.split()[0], "start_method": method,
    "implementation": platform.python_implementation(), "free_threaded": not gil()}))
`

// Probe describes the interpreter that a file starts. The file of the interpreter itself is the
// one that it reports, if that file is an interpreter of the same kind. Otherwise it is path.
func Probe(ctx context.Context, path string, at Place) (journal.Python, error) {
	i, err := ask(ctx, path, at)
	if err != nil || i.Executable == path {
		return i, err
	}
	if behind, err := ask(ctx, i.Executable, at); err != nil || behind.Kind() != i.Kind() {
		i.Executable = path
	}
	return i, nil
}

// ask returns the answer of the program describe.
func ask(ctx context.Context, path string, at Place) (journal.Python, error) {
	i := journal.Python{Path: path}
	out, err := run(ctx, path, at, "-B", "-c", describe)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(lastLine(out), &i); err != nil || i.Version == "" || !isPlain(i) {
		return journal.Python{Path: path}, errors.New("it is not a Python interpreter")
	}
	i.Path = path
	if !filepath.IsAbs(i.Executable) {
		i.Executable = path // the interpreter does not know its file
	}
	return i, nil
}

// isPlain reports whether the answer of an interpreter can be shown on one line.
func isPlain(i journal.Python) bool {
	return !slices.ContainsFunc([]string{i.Executable, i.Version, i.Implementation, i.StartMethod}, func(text string) bool {
		return len(text) > 4096 || oneline.Of(text) != text
	})
}

// A Missing is a module that an interpreter cannot import, with the reason.
type Missing struct {
	Module, Why string
	NotFound    bool // it is not installed
}

const importAll = withoutDirectory + `
import importlib, json
missing = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as e:
        missing.append({"Module": name, "Why": ("%s: %s" % (type(e).__name__, e))[:300],
            "NotFound": isinstance(e, ImportError) and getattr(e, "name", None) == name.split(".")[0]})
print(json.dumps(missing))
`

// Import returns the modules that the interpreter of a file cannot import.
func Import(ctx context.Context, path string, at Place, modules []string) (list []Missing, err error) {
	out, err := run(ctx, path, at, append([]string{"-B", "-c", importAll}, modules...)...)
	if err == nil {
		err = json.Unmarshal(lastLine(out), &list)
	}
	return list, err
}

// Startup measures the start of the interpreter of a file: the median seconds from just before
// the start of a program that does nothing to its end. The first start is not measured, because
// it may read files from the disk.
func Startup(ctx context.Context, path string, at Place) (seconds float64, err error) {
	const starts = 7
	var list []float64
	for i := range 1 + starts {
		begun := time.Now()
		if _, err := run(ctx, path, at, "-c", "pass"); err != nil {
			return 0, err
		}
		if i > 0 {
			list = append(list, time.Since(begun).Seconds())
		}
	}
	slices.Sort(list)
	return list[starts/2], nil
}

// maxOutput is the number of bytes that are kept of each output of an interpreter.
const maxOutput = 1 << 20

// A tail keeps the end of the data written to it.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if over := len(*t) - maxOutput; over > 0 {
		*t = append((*t)[:0], (*t)[over:]...)
	}
	return len(p), nil
}

// run runs a program without input and returns the end of its stdout. What the program leaves
// running is killed.
func run(ctx context.Context, path string, at Place, args ...string) ([]byte, error) {
	var out, stderr tail
	err := process.Run(ctx, timeout, append([]string{path}, args...), func(cmd *exec.Cmd) {
		cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &stderr, at.Dir
		cmd.Env = slices.Concat(os.Environ(), at.Env)
	})
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		if last := lastLine(stderr); len(last) > 0 {
			err = fmt.Errorf("%w (%s)", err, oneline.Of(string(last[:min(len(last), 300)])))
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// lastLine returns the last line of an output. A shim may print lines of its own.
func lastLine(out []byte) []byte {
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:]
}

// LookUp returns the file that a program in PATH or a path names. A relative path is relative to
// dir.
func LookUp(program, dir string) (string, error) {
	if program == "" {
		return "", exec.ErrNotFound
	}
	if strings.ContainsRune(program, filepath.Separator) && !filepath.IsAbs(program) {
		program = filepath.Join(dir, program)
	}
	return exec.LookPath(program)
}
