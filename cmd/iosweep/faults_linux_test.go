package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// mountTmpfs mounts a tmpfs at dir/name with these options.
func mountTmpfs(t *testing.T, dir, name, options string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a file system")
	}
	at := filepath.Join(dir, name)
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("none", at, "tmpfs", 0, options); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
	return at
}

// smallDisk are the options of a tmpfs with 256 KiB and 32 inodes.
const smallDisk = "size=256k,nr_inodes=32"

func TestTooLittleSpaceIsRefused(t *testing.T) {
	for _, test := range []struct {
		name, work string
		want       []string
	}{
		{"bytes", "{files: 8, content: bytes, size: 24KiB}", []string{"workspace ", " (tmpfs) has 25", " KiB free and the plan needs 4", " KiB at its peak (the largest trial 2"}},
		{"inodes", "{files: 20, content: bytes, size: 1}", []string{" has 31 of its 32 inodes free and the plan needs 5"}},
		{"both", "{files: 60, content: bytes, size: 4096}", []string{"free and the plan needs ", "KiB at its peak", "inodes free and the plan needs "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "both" {
				skipIfShort(t)
			}
			dir := t.TempDir()
			space := mountTmpfs(t, dir, "ws", smallDisk)
			writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: "+test.work+"\ngrid: {operation: copy, strategy: sequential}\nworkspace: ws\n")
			l := launch(t, dir, "run", "x.yaml", "-o", "out")
			output := strings.Join(l.exitsWith(t, exitUsage), "\n")
			for _, want := range append(test.want, "x.yaml:4:1: ", "; use fewer or smaller files, or another workspace") {
				if !strings.Contains(output, want) {
					t.Errorf("the output does not contain %q:\n%s", want, output)
				}
			}
			if _, err := os.Lstat(filepath.Join(dir, "out")); err == nil {
				t.Error("a results directory was made")
			}
			checkEmpty(t, space)
		})
	}
}

// TestEveryFullFilesystemIsReported: two workspaces and the results are on small file
// systems. One error reports all three.
func TestEveryFullFilesystemIsReported(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	mountTmpfs(t, dir, "one", smallDisk)
	mountTmpfs(t, dir, "two", smallDisk)
	mountTmpfs(t, dir, "results", smallDisk)
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 8, content: bytes, size: 24KiB}\ngrid: {operation: copy, strategy: sequential, workspace: [one, two]}\n")
	output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "results/out").exitsWith(t, exitUsage), "\n")
	for _, want := range []string{"workspace " + dir + "/one (tmpfs)", "workspace " + dir + "/two (tmpfs)", "the results directory results/out (tmpfs)"} {
		if !strings.Contains(output, want) {
			t.Errorf("%q is not named:\n%s", want, output)
		}
	}
}

// fitting is an experiment that fits on a small disk. Its contender copies, and runs the
// shell command FAULT in its first trial.
const fitting = `
name: fitting
workload: {files: 3, content: bytes, size: 8000}
grid: {operation: copy, strategy: [neighbour, sequential]}
baseline: {strategy: sequential}
trials: {repeats: 3, warmup: 0, order: listed}
workspace: ws
commands:
  neighbour: {operation: copy, run: [sh, -c, 'cp "$1"/* "$2" && if mkdir "$3/once" 2>/dev/null; then FAULT; fi; true', sh, '{input}', '{output}', '{here}']}
`

// fill fills a file system until stop is closed. It continues when the file system is full,
// so that space that the run frees is used at once.
func fill(stop <-chan struct{}, more func(n int) error) (done <-chan struct{}) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		for n := 0; ; {
			select {
			case <-stop:
				return
			default:
			}
			if more(n) == nil {
				n++
				continue
			}
			time.Sleep(time.Millisecond)
		}
	}()
	return over
}

// TestDiskFillsUp fills the disk during a run. The run stops, and the current trial is void.
// No record is lost. After the disk has space again, a resume completes the run.
func TestDiskFillsUp(t *testing.T) {
	bytes := func(ballast string, n int) error {
		f, err := os.OpenFile(filepath.Join(ballast, "bytes"), os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteAt(make([]byte, 4096), int64(n)*4096)
		return err
	}
	inodes := func(ballast string, n int) error {
		return os.WriteFile(filepath.Join(ballast, fmt.Sprint(n)), nil, 0o644)
	}
	for _, test := range []struct {
		name, options, out string
		more               func(ballast string, n int) error
	}{
		{"bytes", smallDisk, "out", bytes},
		{"inodes", smallDisk, "out", inodes},
		{"bytes, results too", "size=2m,nr_inodes=200", "ws/out", bytes},
		{"inodes, results too", "size=2m,nr_inodes=120", "ws/out", inodes},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "bytes" {
				skipIfShort(t)
			}
			dir := t.TempDir()
			ballast := filepath.Join(mountTmpfs(t, dir, "ws", test.options), "ballast")
			if err := os.Mkdir(ballast, 0o755); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, content: bytes, size: 8000}\ngrid: {operation: copy, strategy: [sequential, processes], workers: 2}\ntrials: {repeats: 20, warmup: 0}\nworkspace: ws\n")
			l := launch(t, dir, "run", "x.yaml", "--progress", "trials", "-o", test.out)
			l.waitForLine(t, "[3/40]")
			stop := make(chan struct{})
			filled := fill(stop, func(n int) error { return test.more(ballast, n) })
			output := strings.Join(l.exitsWith(t, exitIncomplete), "\n")
			close(stop)
			<-filled
			for _, want := range []string{"no space left on device", "iosweep resume " + test.out} {
				if !strings.Contains(output, want) {
					t.Errorf("the output does not contain %q:\n%s", want, output)
				}
			}
			log := intactJournal(t, filepath.Join(dir, test.out))
			for _, trial := range log.Trials {
				if trial.Status != journal.OK && !trial.Void {
					t.Errorf("the full disk counts as a failure of %s: %s", trial.Name, trial.Error)
				}
			}
			if n := len(log.Trials); n < 3 {
				t.Errorf("%d trials are kept, at least 3 were reported", n)
			}
			if err := os.RemoveAll(ballast); err != nil {
				t.Fatal(err)
			}
			resumeToEnd(t, dir, test.out, 40)
		})
	}
}

// TestOperationFillsTheDisk: a program around a trial fills the disk, once. The run stops, nothing is
// left, and a resume completes it.
func TestOperationFillsTheDisk(t *testing.T) {
	skipIfShort(t)
	fill := `[sh, -c, 'mkdir "$2/once" 2>/dev/null || exit 0; dd if=/dev/zero of="$1/junk" bs=4k', sh, "{output}", "{here}"]`
	for step, operation := range map[string]string{
		"setup":   "verify: none, setup: " + strings.Replace(fill, "{output}", "{shared}", 1),
		"prepare": "verify: none, prepare: " + fill,
		"verify":  "verify: [{run: " + fill + "}]",
		"cleanup": "verify: none, cleanup: " + fill,
	} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			space := mountTmpfs(t, dir, "ws", smallDisk)
			writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, content: bytes, size: 8000}\noperations: {o: {"+operation+
				"}}\ngrid: {operation: o, strategy: c}\ncommands: {c: {operation: o, run: [cp, -r, '{input}/.', '{output}']}}\nbaseline: {strategy: c}\ntrials: {repeats: 3, warmup: 0}\nworkspace: ws\n")
			code := exitIncomplete
			if step == "setup" { // there is space without its files, so only its cells are skipped
				code = exitFailures
			}
			output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, code), "\n")
			if !strings.Contains(output, "(the disk is full") || step != "setup" && !strings.Contains(output, "iosweep resume out") {
				t.Errorf("unexpected output:\n%s", output)
			}
			checkEmpty(t, space)
			resumeToEnd(t, dir, "out", 3)
		})
	}
}

// TestContenderFillsTheDisk: a contender writes more than a preflight check can know, with
// or without an error message.
func TestContenderFillsTheDisk(t *testing.T) {
	skipIfShort(t)
	for name, junk := range map[string]string{
		"bytes":           `dd if=/dev/zero of="$2/junk" bs=4k; exit`,
		"bytes, silently": `dd if=/dev/zero of="$2/junk" bs=4k 2>/dev/null`,
		"inodes silently": `for n in $(seq 100); do : > "$2/$n"; done 2>/dev/null`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			space := mountTmpfs(t, dir, "ws", smallDisk)
			writeFile(t, filepath.Join(dir, "x.yaml"), strings.Replace(fitting, "FAULT", junk, 1))
			output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitIncomplete), "\n")
			if !strings.Contains(output, "(the disk is full") || !strings.Contains(output, "iosweep resume out") {
				t.Errorf("unexpected output:\n%s", output)
			}
			checkEmpty(t, space)
			log := intactJournal(t, filepath.Join(dir, "out"))
			if n := len(log.Trials); n != 1 || !log.Trials[0].Void || log.Trials[0].Status == journal.OK {
				t.Errorf("trials: %+v", log.Trials)
			}
			resumeToEnd(t, dir, "out", 6)
		})
	}
}

// TestContenderAlwaysFillsTheDisk: the first time the run stops, because the disk may be
// the cause. The second time there is space without the contender's files, so its trial
// fails and the run continues.
func TestContenderAlwaysFillsTheDisk(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	space := mountTmpfs(t, dir, "ws", smallDisk)
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: x
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [hog, sequential]}
trials: {repeats: 2, warmup: 0, order: listed, quarantine: 1}
workspace: ws
commands:
  hog: {operation: copy, run: [dd, if=/dev/zero, 'of={output}/junk', bs=4k]}
`)
	launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitIncomplete)
	output := strings.Join(launch(t, dir, "resume", "out").exitsWith(t, exitFailures), "\n")
	if !strings.Contains(output, "this happened before, and there is enough space for the plan without the files of this trial") {
		t.Errorf("unexpected output:\n%s", output)
	}
	checkEmpty(t, space)
	good := 0
	for _, trial := range intactJournal(t, filepath.Join(dir, "out")).Trials {
		if trial.Status == journal.OK {
			good++
		}
	}
	if good != 2 {
		t.Errorf("%d trials of the other cell succeeded, want 2", good)
	}
}

// TestContenderClaimsFullDisk: a contender reports a full disk although the disk has space.
// Its trial fails. If the contender did its work and exits with 0, the trial succeeds.
func TestContenderClaimsFullDisk(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	mountTmpfs(t, dir, "ws", smallDisk)
	experiment := strings.Replace(fitting, "FAULT", "echo No space left on device >&2; exit 1", 1)
	writeFile(t, filepath.Join(dir, "x.yaml"), experiment)
	launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
	log := intactJournal(t, filepath.Join(dir, "out"))
	if len(log.Trials) != 6 || log.Trials[0].Status != journal.Failed || log.Trials[0].Void {
		t.Errorf("trials: %+v", log.Trials)
	}
	writeFile(t, filepath.Join(dir, "x.yaml"), strings.Replace(experiment, "exit 1", "true", 1))
	if err := os.Remove(filepath.Join(dir, "once")); err != nil {
		t.Fatal(err)
	}
	launch(t, dir, "run", "x.yaml", "-o", "again").exitsWith(t, exitGood)
}

// TestFilesystemTurnsReadOnly remounts the workspace read-only during a run, as the kernel
// does after an error of the file system.
func TestFilesystemTurnsReadOnly(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	space := mountTmpfs(t, dir, "ws", "size=1m")
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3, lines: 2}\ngrid: {operation: copy, strategy: sequential}\ntrials: {repeats: 200, warmup: 0}\nworkspace: ws\n")
	l := launch(t, dir, "run", "x.yaml", "--progress", "trials", "-o", "out")
	l.waitForLine(t, "[3/200]")
	for { // a file that is open for writing prevents the remount
		err := unix.Mount("", space, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
		if err == nil {
			break
		}
		if err != unix.EBUSY {
			t.Fatal(err)
		}
	}
	output := strings.Join(l.exitsWith(t, exitIncomplete), "\n")
	for _, want := range []string{"read-only file system", "iosweep resume out"} {
		if !strings.Contains(output, want) {
			t.Errorf("the output does not contain %q:\n%s", want, output)
		}
	}
	log := intactJournal(t, filepath.Join(dir, "out"))
	if len(log.Trials) < 3 || log.Trials[2].Status != journal.OK {
		t.Errorf("the earlier trials are not kept: %+v", log.Trials)
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK && !trial.Void {
			t.Errorf("trial %d failed: %s", trial.Trial, trial.Error)
		}
	}
	if err := unix.Mount("", space, "", unix.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	resumeToEnd(t, dir, "out", 200)
	checkEmpty(t, space)
}

// TestDescriptorLimit: cells that need too many descriptors are skipped with the reason.
// async-unbounded reaches the limit and fails.
func TestDescriptorLimit(t *testing.T) {
	skipIfShort(t)
	if _, err := exec.LookPath("prlimit"); err != nil {
		t.Skip("prlimit is not installed")
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 3000, lines: 1}\n"+
		"grid:\n  - {operation: copy, strategy: [sequential, async-unbounded]}\n  - {operation: copy, strategy: [threads, processes], workers: [2, 40]}\n"+
		"trials: {repeats: 1, warmup: 0}\n")
	cmd := exec.Command("prlimit", "--nofile=64:64", "iosweep", "run", "x.yaml", "-o", "out")
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if code := exitCodeOf(err); code != exitFailures {
		t.Fatalf("exit code %d:\n%s", code, output)
	}
	log := intactJournal(t, filepath.Join(dir, "out"))
	for _, cell := range log.Run.Cells {
		if skipped := strings.Contains(cell.Skip, "descriptors") && strings.Contains(cell.Skip, "the limit is 64"); skipped != (cell.Levels["workers"] == "40") {
			t.Errorf("%s is skipped: %q", cell.Name, cell.Skip)
		}
	}
	for _, trial := range log.Trials {
		unbounded := strings.Contains(trial.Name, "async-unbounded")
		if unbounded == (trial.Status == journal.OK) || unbounded && !strings.Contains(trial.Error, "the limit is 64 open descriptors") || trial.Void {
			t.Errorf("%s: %s %s", trial.Name, trial.Status, trial.Error)
		}
	}
}

// intactJournal reads the journal of a run and checks that its last line is complete.
func intactJournal(t *testing.T, out string) *journal.Log {
	t.Helper()
	log, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	if log.Torn > 0 {
		t.Errorf("the journal is torn by %d bytes", log.Torn)
	}
	return log
}

// resumeToEnd resumes a run and checks that all trials of its plan succeeded.
func resumeToEnd(t *testing.T, dir, out string, trials int) {
	t.Helper()
	launch(t, dir, "resume", out).exitsWith(t, exitGood)
	good := 0
	for _, trial := range intactJournal(t, filepath.Join(dir, out)).Trials {
		if trial.Status == journal.OK {
			good++
		}
	}
	if good != trials {
		t.Errorf("%d successful trials, want %d", good, trials)
	}
}
