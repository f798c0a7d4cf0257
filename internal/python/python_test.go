//go:build unix

package python

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pythonOnly returns a real python3 and skips the test if there is none.
func pythonOnly(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("it needs python3")
	}
	i, err := Probe(t.Context(), path, Place{})
	if err != nil {
		t.Fatal(err)
	}
	return i.Executable
}

// script writes an executable shell script.
func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// reports returns a script that answers as an interpreter of this version, which need not be
// installed.
func reports(version string) string {
	return `echo "{\"executable\": \"$0\", \"version\": \"` + version + `\", \"implementation\": \"CPython\"}"`
}

// TestProbe asks a real interpreter, behind a shim that prints a line of its own.
func TestProbe(t *testing.T) {
	real := pythonOnly(t)
	shim := script(t, filepath.Join(t.TempDir(), "python3"), "echo a line of the shim\nexec "+real+` "$@"`)
	i, err := Probe(t.Context(), shim, Place{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	version, err := exec.Command(real, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimPrefix(strings.TrimSpace(string(version)), "Python "); i.Path != shim || i.Executable != real || !strings.HasPrefix(i.Version, want) {
		t.Errorf("got %+v, want the path %s, the executable %s, the version %s", i, shim, real, want)
	}
	if i.Implementation == "" || !slices.Contains([]string{"fork", "forkserver", "spawn"}, i.StartMethod) {
		t.Errorf("got %+v, want an implementation and a start method", i)
	}
}

// TestProbeRefuses asks files that are not interpreters.
func TestProbeRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ text, want string }{
		{"echo 'pyenv: python3.9: command not found' >&2; exit 127", "exit status 127 (pyenv: python3.9: command not found)"},
		{"echo hello", "it is not a Python interpreter"},
		{"echo '{}'", "it is not a Python interpreter"},
		{"exit 0", "it is not a Python interpreter"},
		{`printf '{"version": "3.9\\u001b[31m", "implementation": "CPython"}'`, "it is not a Python interpreter"},
	} {
		_, err := Probe(t.Context(), script(t, filepath.Join(dir, "python3"), test.text), Place{})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := Probe(t.Context(), filepath.Join(dir, "missing"), Place{}); err == nil {
		t.Error("a missing file was accepted")
	}
}

// TestProbeExecutable checks that the reported file is taken only if it is an interpreter of the
// same kind.
func TestProbeExecutable(t *testing.T) {
	dir := t.TempDir()
	answer := func(name, executable, version string) string {
		return script(t, filepath.Join(dir, name), `echo '{"executable": "`+executable+`", "version": "`+version+`", "implementation": "CPython", "path": "/other"}'`)
	}
	same, other := answer("same", filepath.Join(dir, "same"), "3.9.1"), answer("other", filepath.Join(dir, "other"), "3.9.2")
	tool := script(t, filepath.Join(dir, "tool"), ": > "+dir+"/tool-ran; exit 3")
	for reported, want := range map[string]string{same: same, other: "", tool: "", filepath.Join(dir, "missing"): ""} {
		shim := answer("shim", reported, "3.9.1")
		if want == "" {
			want = shim
		}
		i, err := Probe(t.Context(), shim, Place{})
		if err != nil || i.Executable != want || i.Path != shim {
			t.Errorf("%s: got %+v, %v, want the executable %s of %s", reported, i, err, want, shim)
		}
	}
}

// TestRun checks that a program cannot fill the memory, and that nothing that it starts stays.
func TestRun(t *testing.T) {
	out, err := run(t.Context(), "/bin/sh", Place{}, "-c", "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end")
	if err != nil || len(out) > maxOutput || string(lastLine(out)) != "end" {
		t.Errorf("got %d bytes, %v, want at most %d with the end", len(out), err, maxOutput)
	}
	// The child holds the output open, so run waits for WaitDelay.
	out, err = run(t.Context(), "/bin/sh", Place{}, "-c", "sleep 1000 & echo $!")
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || convErr != nil {
		t.Fatalf("got %q, %v", out, err)
	}
	checkEnds(t, pid)
	ctx, cancel := context.WithCancel(t.Context())
	pids := filepath.Join(t.TempDir(), "pids")
	go func() {
		defer cancel()
		for { // the file has both lines, the shell's and the child's
			if data, _ := os.ReadFile(pids); strings.Count(string(data), "\n") == 2 {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if _, err := run(ctx, "/bin/sh", Place{}, "-c", "sleep 1000 & echo $$ >> "+pids+"; echo $! >> "+pids+"; wait"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was canceled", err)
	}
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(data)) {
		if pid, err = strconv.Atoi(line); err != nil {
			t.Fatal(err)
		}
		checkEnds(t, pid)
	}
}

// checkEnds waits until a killed process has ended. A zombie has ended, too.
func checkEnds(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		if stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat")); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the process %d still runs", pid)
}

// TestImport also checks that modules of the working directory do not count, and that the
// environment does.
func TestImport(t *testing.T) {
	real, dir := pythonOnly(t), t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("iosweep_here.py", "print('a line of the module')\n")
	write("iosweep_broken.py", "raise ValueError('too old')\n")
	modules := []string{"json", "concurrent.futures", "iosweep_here", "iosweep_broken"}
	got, err := Import(t.Context(), real, Place{Dir: dir}, modules)
	if err != nil || len(got) != 2 || got[0].Module != "iosweep_here" || got[1].Module != "iosweep_broken" || !got[0].NotFound {
		t.Errorf("got %v, %v, want that the modules of the working directory are not found", got, err)
	}
	got, err = Import(t.Context(), real, Place{Dir: dir, Env: []string{"PYTHONPATH=" + dir}}, modules)
	if want := []Missing{{Module: "iosweep_broken", Why: "ValueError: too old"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestStartup(t *testing.T) {
	seconds, err := Startup(t.Context(), pythonOnly(t), Place{Dir: t.TempDir()})
	if err != nil || seconds <= 0 {
		t.Errorf("got %v, %v", seconds, err)
	}
	if _, err := Startup(t.Context(), script(t, filepath.Join(t.TempDir(), "python3"), "exit 3"), Place{}); err == nil {
		t.Error("an interpreter that fails was measured")
	}
}

// TestFind searches a PATH with a shim without an interpreter, two versions, the same version
// twice, and a name that another directory hides.
func TestFind(t *testing.T) {
	real := pythonOnly(t)
	is, err := Probe(t.Context(), real, Place{})
	if err != nil {
		t.Fatal(err)
	}
	first, second := t.TempDir(), t.TempDir()
	t.Setenv("PATH", first+":relative::"+second)
	script(t, filepath.Join(first, "python3"), "exec "+real+` "$@"`)
	script(t, filepath.Join(first, "python3.90"), "exit 127")
	script(t, filepath.Join(first, "python3.9a"), reports("3.91.1"))
	script(t, filepath.Join(first, "python3-config"), reports("3.91.2"))
	script(t, filepath.Join(second, "python3"), "exec "+real+` "$@"`)
	hidden := script(t, filepath.Join(second, "python3.90"), reports("3.90.0"))
	script(t, filepath.Join(second, "python3.100t"), reports("3.100.0"))
	script(t, filepath.Join(second, "pypy3"), strings.ReplaceAll(reports("3.10.1"), "CPython", "PyPy"))
	if err := os.Chmod(script(t, filepath.Join(second, "python3.101"), reports("3.101.0")), 0o666); err != nil {
		t.Fatal(err)
	}
	want := []string{"python3", hidden, "python3.100t", "pypy3"}
	if is.Implementation != "CPython" {
		t.Skipf("python3 is %v", is)
	}
	if got := Find(t.Context(), Place{}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := All("python3"), []string{filepath.Join(first, "python3"), filepath.Join(second, "python3")}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Find(ended, Place{}); got != nil {
		t.Errorf("got %q after the end of the time", got)
	}
	t.Setenv("PATH", t.TempDir())
	if got := Find(t.Context(), Place{}); got != nil {
		t.Errorf("got %q in an empty PATH", got)
	}
}

func TestCompareVersions(t *testing.T) {
	sorted := []string{"2.7.18", "3.8.18", "3.9.1", "3.10.0", "3.10.13", "3.13.0"}
	for i := range len(sorted) - 1 {
		a, b := sorted[i], sorted[i+1]
		if compareVersions(a, b) >= 0 || compareVersions(b, a) <= 0 {
			t.Errorf("%s is not before %s", a, b)
		}
	}
}
