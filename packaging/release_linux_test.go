// Package packaging_test builds a release and installs it.
package packaging_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// run runs a program and returns its output.
func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// release builds the release of the last commit in a clone in another directory.
func release(t *testing.T, name string) (dist string) {
	t.Helper()
	clone := filepath.Join(t.TempDir(), name)
	run(t, exec.Command("git", "clone", "-q", "..", clone))
	cmd := exec.Command("packaging/release.sh", "dist")
	cmd.Dir = clone
	run(t, cmd)
	return filepath.Join(clone, "dist")
}

// TestRelease builds the same commit twice and installs its Debian package as an ordinary user would use it.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds twelve binaries")
	}
	first, second := release(t, "first"), release(t, "a second clone")
	a, err := os.ReadFile(filepath.Join(first, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(second, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(a, []byte("\n")); lines != 12 {
		t.Errorf("the release has %d files, want 12:\n%s", lines, a)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("two builds of one commit differ:\n%s\n%s", a, b)
	}
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is not installed")
	}
	debs, _ := filepath.Glob(filepath.Join(first, "*_amd64.deb"))
	if len(debs) != 1 {
		t.Fatalf("the packages for amd64 are %q", debs)
	}
	install(t, debs[0])
}

// install installs a package below a directory and uses it.
func install(t *testing.T, deb string) {
	root, err := os.MkdirTemp("", "iosweep-root")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	home := filepath.Join(root, "home")
	for _, dir := range []string{root, home, filepath.Join(root, "var/lib/dpkg/updates"), filepath.Join(root, "var/lib/dpkg/info")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command("dpkg", "--root="+root, "--force-not-root", "--force-bad-path", "--log="+root+"/log", "-i", deb))
	user := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		const nobody = 65534
		user.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		for _, dir := range []string{root, home} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(home, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(root, "usr/bin")
	use := func(args ...string) string {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.SysProcAttr = home, user
		cmd.Env = append(os.Environ(), "HOME="+home, "PATH="+path+":"+os.Getenv("PATH"))
		return run(t, cmd)
	}
	if out := use(filepath.Join(path, "iosweep"), "run", "quickstart", "--set", "workload.files=20", "--set", "trials.repeats=2", "-o", "out"); !strings.Contains(out, "all ok") {
		t.Errorf("quickstart printed %s", out)
	}
	if _, err := exec.LookPath("man"); err == nil {
		page := filepath.Join(root, "usr/share/man/man1/iosweep-run.1")
		if out := use("man", "-l", page); !strings.Contains(out, "iosweep run EXPERIMENT") {
			t.Errorf("man printed %s", out)
		}
	}
	const complete = `source "$0/../share/bash-completion/completions/iosweep"
COMP_WORDS=(iosweep run qui) COMP_CWORD=2 COMP_LINE="iosweep run qui" COMP_POINT=15 COMP_TYPE=9
__start_iosweep; echo "${COMPREPLY[@]}"`
	if out := use("bash", "-c", complete, path); strings.TrimSpace(out) != "quickstart" {
		t.Errorf("bash completed %q", out)
	}
}
