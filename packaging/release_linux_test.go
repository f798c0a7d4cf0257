// Package packaging_test builds a release and installs it.
package packaging_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"io"
	"maps"
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

// release builds the release of the last commit in a clone in another directory, with this umask.
func release(t *testing.T, name, umask string) (dist string) {
	t.Helper()
	clone := filepath.Join(t.TempDir(), name)
	run(t, exec.Command("git", "clone", "-q", "..", clone))
	cmd := exec.Command("sh", "-c", "umask "+umask+" && packaging/release.sh dist")
	cmd.Dir = clone
	run(t, cmd)
	return filepath.Join(clone, "dist")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRelease builds the same commit twice and installs its Debian package as an ordinary user would use it.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds twelve binaries")
	}
	first, second := release(t, "first", "002"), release(t, "a second clone", "077")
	a, b := read(t, filepath.Join(first, "SHA256SUMS")), read(t, filepath.Join(second, "SHA256SUMS"))
	const archives, packages, lists, images = 6, 4, 6, 1
	if lines := bytes.Count(a, []byte("\n")); lines != archives+packages+lists+images {
		t.Errorf("the release has %d files:\n%s", lines, a)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("two builds of one commit differ:\n%s\n%s", a, b)
	}
	tars, _ := filepath.Glob(filepath.Join(first, "*.tar.gz"))
	for _, path := range tars {
		checkArchive(t, path, filepath.Dir(first))
	}
	changed := filepath.Join(second, "../changed")
	if err := os.WriteFile(changed, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("../packaging/release.sh", ".")
	cmd.Dir = second
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "commit them") {
		t.Errorf("a changed tree was released: %s", out)
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

// checkArchive checks the modes of the files of an archive, the paths in its program, and its list of modules.
func checkArchive(t *testing.T, path, clone string) {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	var program []byte
	for archive := tar.NewReader(zipped); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		inBin := filepath.Base(filepath.Dir(h.Name)) == "bin"
		if want := map[bool]int64{true: 0o755, false: 0o644}[h.Typeflag == tar.TypeDir || inBin]; h.Mode != want {
			t.Errorf("%s: %s has mode %o, want %o", path, h.Name, h.Mode, want)
		}
		if h.Typeflag == tar.TypeReg && inBin {
			if program, err = io.ReadAll(archive); err != nil {
				t.Fatal(err)
			}
		}
	}
	if bytes.Contains(program, []byte(clone)) {
		t.Errorf("%s: the program contains the path %s", path, clone)
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"std": info.GoVersion}
	for _, m := range info.Deps {
		want[m.Path] = m.Version
	}
	var list struct {
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(read(t, strings.TrimSuffix(path, ".tar.gz")+".cdx.json"), &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range list.Components {
		got[c.Name] = c.Version
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s: its list of modules is\n%v, want\n%v", path, got, want)
	}
}

// install installs a package below a directory and uses it.
func install(t *testing.T, deb string) {
	root, err := os.MkdirTemp("", "iosweep-root")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	home := filepath.Join(root, "home")
	work := filepath.Join(home, "work")
	for _, dir := range []string{root, home, work, filepath.Join(root, "var/lib/dpkg/updates"), filepath.Join(root, "var/lib/dpkg/info")} {
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
		for _, dir := range []string{home, work} {
			if err := os.Chown(dir, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(root, "usr/bin")
	use := func(args ...string) string {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.SysProcAttr = work, user
		cmd.Env = append(os.Environ(), "HOME="+home, "PATH="+path+":"+os.Getenv("PATH"))
		return run(t, cmd)
	}
	if out := use(filepath.Join(path, "iosweep"), "run", "quickstart", "--set", "workload.files=20", "--set", "trials.repeats=2", "-o", "out"); !strings.Contains(out, "all ok") {
		t.Errorf("quickstart printed %s", out)
	}
	if _, err := exec.LookPath("man"); err == nil {
		page := filepath.Join(root, "usr/share/man/man1/iosweep-run.1.gz")
		if out := use("man", "-l", page); !strings.Contains(out, "iosweep run EXPERIMENT") {
			t.Errorf("man printed %s", out)
		}
	}
	const library = "/usr/share/bash-completion/bash_completion"
	if _, err := os.Stat(library); err != nil {
		t.Skip("bash-completion is not installed")
	}
	// Outside of a completion, compopt complains.
	const complete = `source ` + library + `; source "$0/../share/bash-completion/completions/iosweep"
COMP_WORDS=(iosweep run qui) COMP_CWORD=2 COMP_LINE="iosweep run qui" COMP_POINT=15 COMP_TYPE=9
__start_iosweep 2>/dev/null; echo "${COMPREPLY[@]}"`
	if out := use("bash", "-c", complete, path); strings.TrimSpace(out) != "quickstart" {
		t.Errorf("bash completed %q", out)
	}
}
