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
)

// An Interpreter describes a Python interpreter.
type Interpreter struct {
	Path           string `json:"path"`           // the file in PATH, perhaps a shim
	Executable     string `json:"executable"`     // the file of the interpreter itself
	Version        string `json:"version"`        // such as 3.11.7
	Implementation string `json:"implementation"` // such as CPython
	FreeThreaded   bool   `json:"free_threaded,omitempty"`
	StartMethod    string `json:"start_method,omitempty"` // the default start method of multiprocessing
}

// String returns the implementation and the version, for example
// free-threaded CPython 3.13.0.
func (i Interpreter) String() string {
	text := i.Implementation + " " + i.Version
	if i.FreeThreaded {
		text = "free-threaded " + text
	}
	return text
}

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

// Probe describes the interpreter that a file starts.
func Probe(ctx context.Context, path string, at Place) (Interpreter, error) {
	i := Interpreter{Path: path}
	out, err := run(ctx, path, at, "-B", "-c", describe)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(lastLine(out), &i); err != nil || i.Version == "" {
		return i, errors.New("it is not a Python interpreter")
	}
	if !filepath.IsAbs(i.Executable) {
		i.Executable = path // the interpreter does not know its file
	}
	return i, nil
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
        missing.append({"Module": name, "Why": "%s: %s" % (type(e).__name__, e),
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

// run runs a program without input and returns its stdout.
func run(ctx context.Context, path string, at Place, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("it did not end within %v", timeout))
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &stderr, at.Dir
	cmd.Env = slices.Concat(os.Environ(), at.Env)
	cmd.WaitDelay = time.Second
	process.KillWithParent(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		if last := lastLine(stderr.Bytes()); len(last) > 0 {
			err = fmt.Errorf("%w (%s)", err, oneline.Of(string(last)))
		}
		return nil, err
	}
	return out.Bytes(), nil
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
