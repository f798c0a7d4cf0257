package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/journal"
)

// revisions is an experiment with two revisions of a program. Its build runs the script build.sh of
// the revision.
const revisions = `
name: revisions
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: save, revision: [good, other]}
trials: {repeats: 2, warmup: 0, order: listed}
workspace: ws
baseline: {revision: good}
commands:
  save:
    operation: copy
    source: {git: repo, build: [sh, build.sh]}
    run: ["{source}/save", "{input}", "{output}"]
`

// goodBuild makes the program.
const goodBuild = "cp save.sh save && chmod +x save\n"

// revisionsDir makes a directory with the experiment revisions and its repository. other is the build
// of the branch other.
func revisionsDir(t *testing.T, other string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatalf("%v: make tools installs it", err)
	}
	dir := experimentDir(t, revisions)
	repo := filepath.Join(dir, "repo")
	noError(t, os.Mkdir(repo, 0o755))
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", repo, "-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	git("init", "-q", "-b", "good")
	writeFile(t, filepath.Join(repo, "save.sh"), "#!/bin/sh\ncp -r \"$1/.\" \"$2\"\n")
	writeFile(t, filepath.Join(repo, "build.sh"), goodBuild)
	git("add", ".")
	git("commit", "-q", "-m", "good")
	git("checkout", "-q", "-b", "other")
	writeFile(t, filepath.Join(repo, "build.sh"), other)
	git("commit", "-q", "-a", "-m", "other")
	return dir
}

// TestKilledWhileBuilding kills a run in a clone and in a build. No process is left, and a resumed
// run builds again and leaves nothing behind.
func TestKilledWhileBuilding(t *testing.T) {
	real, err := exec.LookPath("git")
	noError(t, err)
	for _, step := range []string{"clone", "build"} {
		t.Run(step, func(t *testing.T) {
			bin := t.TempDir()
			hold, begun := filepath.Join(bin, "hold"), filepath.Join(bin, "begun")
			wait := "touch " + begun + "; while test -e " + hold + "; do sleep 0.02; done\n"
			build := wait + goodBuild
			if step == "clone" {
				build = goodBuild + "# other\n"
				writeFile(t, filepath.Join(bin, "git"), "#!/bin/sh\ncase \"$*\" in *\" clone \"*) "+strings.TrimSuffix(wait, "\n")+" ;; esac\nexec "+real+" \"$@\"\n")
				noError(t, os.Chmod(filepath.Join(bin, "git"), 0o755))
			}
			dir := revisionsDir(t, build)
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			writeFile(t, hold, "")
			l := launch(t, dir, "run", "x.yaml", "-o", "out")
			eventually(t, "the "+step+" begins", func() bool { _, err := os.Stat(begun); return err == nil })
			noError(t, l.cmd.Process.Kill())
			l.exitsWith(t, -1)
			if left := waitForNone(dir); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
			noError(t, os.Remove(hold))
			l = launch(t, dir, "resume", "out")
			l.exitsWith(t, exitGood)
			l.checkCleanedUp(t)
			log := l.journal(t)
			if len(log.Trials) != 4 || !log.Finished() {
				t.Errorf("the journal has %d trials, want 4", len(log.Trials))
			}
		})
	}
}

// TestBuildFillsTheDisk: the cells of the build are skipped if there is enough space without its
// files.
func TestBuildFillsTheDisk(t *testing.T) {
	dir := revisionsDir(t, "dd if=/dev/zero of=junk bs=64k\n")
	noError(t, os.Remove(filepath.Join(dir, "ws")))
	space := mountTmpfs(t, dir, "ws", "size=4m")
	output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures), "\n")
	if !strings.Contains(output, "there is enough space without its files") {
		t.Errorf("unexpected output:\n%s", output)
	}
	checkEmpty(t, space)
	for _, trial := range intactJournal(t, filepath.Join(dir, "out")).Trials {
		if trial.Status != journal.OK {
			t.Errorf("%s: %s", trial.Name, trial.Error)
		}
	}
}
