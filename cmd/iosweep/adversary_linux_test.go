package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// These tests run the real program against hostile contenders and hostile users. The
// user's files must stay unchanged, every completed trial must be in the journal, and only
// the cell of the contender may fail.

// attackedDir makes a directory with user files in precious, a workspace ws, and an
// experiment x.yaml. The contender c of the experiment runs a shell script with {output}
// as $1, {input} as $2 and the directory as $3. Harmless cells run before and after it.
func attackedDir(t *testing.T, operation, workload, script string) (dir string, before tree) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"precious/thesis.txt", "precious/photos/a.jpg", "tree/a.txt", "tree/sub/b.txt"} {
		writeFile(t, filepath.Join(dir, name), "precious: "+name)
	}
	writeFile(t, filepath.Join(dir, "c.sh"), script)
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: attacked
workload: `+workload+`
grid: {operation: `+operation+`, strategy: [sequential, c, threads], workers: 1}
baseline: {strategy: sequential}
trials: {repeats: 3, warmup: 0, order: listed}
workspace: ws
commands:
  c: {operation: `+operation+`, run: [sh, '{here}/c.sh', '{output}', '{input}', '{here}']}
`)
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir, mustReadTree(t, filepath.Join(dir, "precious"))
}

const fewFiles = "{files: 3, content: bytes, size: 1KiB}"

// checkOtherCells checks that all trials of the other cells succeeded. It returns the
// trials of the contender c.
func checkOtherCells(t *testing.T, log *journal.Log) (contender []journal.Trial) {
	t.Helper()
	for _, trial := range log.Trials {
		switch {
		case strings.Contains(trial.Name, "strategy=c"):
			contender = append(contender, trial)
		case trial.Status != journal.OK:
			t.Errorf("%s, trial %d: %s: %s", trial.Name, trial.Trial, trial.Status, trial.Error)
		}
	}
	return contender
}

// skipWithoutMounts skips the test if it may not mount. At the end of the test it
// unmounts everything below dir.
func skipWithoutMounts(t *testing.T, dir string) {
	t.Helper()
	probe := filepath.Join(dir, "probe")
	if err := os.Mkdir(probe, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(probe, probe, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("nothing can be mounted: %v", err)
	}
	if err := unix.Unmount(probe, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unmountAll(dir) })
}

// unmountAll unmounts all file systems below a directory.
func unmountAll(dir string) {
	for _, at := range mountsBelow(dir) {
		_ = unix.Unmount(at, unix.MNT_DETACH)
	}
}

// mountsBelow lists the mount points below a directory.
func mountsBelow(dir string) (points []string) {
	info, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(info)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], dir+"/") {
			points = append(points, fields[4])
		}
	}
	return points
}

// TestContenderMountsAreNotEntered mounts the user's files at several places of a trial.
// The trial fails and its error names the place. The run continues. The clean-up and a
// resume do not touch the mounted files.
func TestContenderMountsAreNotEntered(t *testing.T) {
	for name, attack := range map[string]struct{ operation, mount string }{
		"in the output":         {"copy", `cp "$2"/* "$1"; mkdir "$1/m"; mount --bind "$3/precious" "$1/m"`},
		"deep in the output":    {"copy", `cp "$2"/* "$1"; mkdir -p "$1/a/b/m"; mount --bind "$3/precious" "$1/a/b/m"`},
		"over the output":       {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$1"`},
		"over its directory":    {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$1/.."`},
		"over its own input":    {"delete", `rm "$2"/*; mount --bind "$3/precious" "$2"`},
		"over the shared input": {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$2"`},
		"in the shared input":   {"copy", `cp "$2"/* "$1"; mkdir "$2/m"; mount --bind "$3/precious" "$2/m"`},
		"a file over a file":    {"copy", `cp "$2"/* "$1"; for f in "$1"/*; do mount --bind "$3/precious/thesis.txt" "$f"; break; done`},
		"a file system":         {"copy", `cp "$2"/* "$1"; mkdir "$1/m"; mount -t tmpfs none "$1/m"; echo x >"$1/m/x"`},
		"in the run directory":  {"copy", `cp "$2"/* "$1"; mkdir "$1/../../m"; mount --bind "$3/precious" "$1/../../m"`},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "in the output" {
				skipIfShort(t)
			}
			t.Parallel()
			dir, before := attackedDir(t, attack.operation, fewFiles, attack.mount)
			skipWithoutMounts(t, dir)
			launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
			checkUnchanged(t, filepath.Join(dir, "precious"), before)
			log := intactJournal(t, filepath.Join(dir, "out"))
			bad := checkOtherCells(t, log)
			if len(bad) == 0 {
				t.Error("the contender has no trial")
			}
			for _, trial := range bad {
				if trial.Status != journal.Failed || !strings.Contains(trial.Error, "c ended without unmounting its file systems: a file system was mounted at "+filepath.Join(dir, "ws")) {
					t.Errorf("%s: %s", trial.Status, trial.Error)
				}
			}
			launch(t, dir, "resume", "out", "--retry-failed").exitsWith(t, exitFailures)
			checkUnchanged(t, filepath.Join(dir, "precious"), before)
			unmountAll(dir)
			launch(t, dir, "resume", "out", "--retry-failed").exitsWith(t, exitFailures)
			checkUnchanged(t, filepath.Join(dir, "precious"), before)
		})
	}
}

// TestWorkspaceMountedInTreeIsRefused: the workload would contain the files of the trials.
func TestWorkspaceMountedInTreeIsRefused(t *testing.T) {
	dir, _ := attackedDir(t, "copy", "{from: tree}", "")
	skipWithoutMounts(t, dir)
	inside := filepath.Join(dir, "tree", "inside")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(filepath.Join(dir, "ws"), inside, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitUsage), "\n")
	if want := fmt.Sprintf("contains the workspace %s/ws, mounted at %s", dir, inside); !strings.Contains(output, want) {
		t.Errorf("the output does not contain %q:\n%s", want, output)
	}
}

// asUser sets the user of a command. The user need not exist.
func asUser(cmd *exec.Cmd, uid uint32) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd
}

// skipWithoutRoot skips the test if it cannot start programs as other users. It makes dir
// accessible to them.
func skipWithoutRoot(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run programs as another user")
	}
	for at := dir; at != filepath.Dir(at) && at != os.TempDir(); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

const owner, attacker = 54321, 54322

// TestRunDirectorySwappedByOtherUser starts a run in a directory that all users may write
// to. The run is refused without --trust-workspace. With it, another user replaces the run
// directory by a copy that has the same marker and links to the owner's files. The owner's
// files must not change, and the run must stop.
func TestRunDirectorySwappedByOtherUser(t *testing.T) {
	skipIfShort(t)
	program := build(t)
	for _, operation := range []string{"write", "copy", "delete", "rename", "move"} {
		t.Run(operation, func(t *testing.T) {
			dir := t.TempDir()
			skipWithoutRoot(t, dir)
			skipWithoutRoot(t, filepath.Dir(program))
			home, scratch := filepath.Join(dir, "home"), filepath.Join(dir, "scratch")
			for i := range 10 {
				writeFile(t, filepath.Join(home, "photos", fmt.Sprintf("%d.jpg", i)), fmt.Sprint("precious ", i))
				writeFile(t, filepath.Join(home, "backup", fmt.Sprintf("%d.jpg", i)), fmt.Sprint("precious ", i))
			}
			writeFile(t, filepath.Join(home, "x.yaml"), "name: x\nworkload: {from: photos}\ngrid: {operation: "+operation+
				", strategy: [sequential, processes], workers: 2}\ntrials: {repeats: 400, warmup: 0, quarantine: never}\n")
			writeFile(t, filepath.Join(scratch, "swap.sh"), `
cd "$1"
until set -- .iosweep-* && [ -e "$1/trials/000005" ]; do :; done
mkdir -p fake/trials && cp "$1/.iosweep-workspace" fake
cp -r "$1/manifests" fake 2>/dev/null
for i in $(seq 1 900); do
	d=$(printf fake/trials/%06d $i); mkdir "$d"
	ln -s "$2" "$d/input"; ln -s "$2" "$d/output"
done
mv "$1" real && mv fake "$1"
`)
			if err := exec.Command("chown", "-R", fmt.Sprint(owner, ":", owner), home).Run(); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(scratch, 0o777); err != nil {
				t.Fatal(err)
			}
			before := mustReadTree(t, filepath.Join(home, "backup"))
			run := func(args ...string) (output string, code int) {
				cmd := asUser(exec.Command(program, append([]string{"run", "x.yaml", "-o", "out", "-q", "--workspace", scratch}, args...)...), owner)
				cmd.Dir = home
				out, err := cmd.CombinedOutput()
				return string(out), exitCodeOf(err)
			}
			if output, code := run(); code != exitUsage || !strings.Contains(output, scratch+" may be written by everybody and has no sticky bit") || !strings.Contains(output, "--trust-workspace") {
				t.Fatalf("exit code %d:\n%s", code, output)
			}
			swap := asUser(exec.Command("sh", filepath.Join(scratch, "swap.sh"), scratch, filepath.Join(home, "backup")), attacker)
			if err := swap.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = swap.Process.Kill(); _ = swap.Wait() }()
			output, code := run("--trust-workspace")
			if code != exitIncomplete || !regexp.MustCompile("no longer (the run's directory|where it was)").MatchString(output) {
				t.Errorf("exit code %d:\n%s", code, output)
			}
			checkUnchanged(t, filepath.Join(home, "backup"), before)
			report, err := os.ReadFile(filepath.Join(home, "out", "report.md"))
			if err != nil || !strings.Contains(string(report), "was trusted") {
				t.Errorf("the report does not say that the workspace was trusted (%v)", err)
			}
			for _, trial := range intactJournal(t, filepath.Join(home, "out")).Trials {
				if trial.Status != journal.OK && !trial.Void {
					t.Errorf("%s, trial %d: %s: %s", trial.Name, trial.Trial, trial.Status, trial.Error)
				}
			}
		})
	}
}

// TestProgramReplacedDuringRun replaces or removes the executable during a run. All trials
// must still run the original program.
func TestProgramReplacedDuringRun(t *testing.T) {
	skipIfShort(t)
	program := build(t)
	for name, change := range map[string]func(t *testing.T, path string){
		"removed": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
		"replaced": func(t *testing.T, path string) {
			writeFile(t, path+".new", "#!/bin/sh\ntouch \"$0.ran\"\nexec "+program+" \"$@\"\n")
			if err := os.Chmod(path+".new", 0o755); err != nil {
				t.Error(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			own := filepath.Join(dir, "bin", "iosweep")
			data, err := os.ReadFile(program)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, own, string(data))
			if err := os.Chmod(own, 0o755); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: "+fewFiles+"\ngrid: {operation: copy, strategy: [sequential, processes], workers: 2}\n"+
				"trials: {repeats: 20, warmup: 0}\nworkspace: .\n")
			l := launchProgram(t, own, dir, "run", "x.yaml", "--progress", "trials", "-o", "out")
			l.waitForLine(t, "[3/40]")
			change(t, own)
			l.exitsWith(t, exitGood)
			if log := l.journal(t); len(log.Trials) != 40 || len(checkOtherCells(t, log)) > 0 {
				t.Errorf("%d trials", len(log.Trials))
			}
			if _, err := os.Stat(own + ".ran"); err == nil {
				t.Error("the other program was run")
			}
		})
	}
}

// TestProcessNames checks the process name of a trial. Started by /proc/self/exe, its name
// would be exe.
func TestProcessNames(t *testing.T) {
	l := startHanging(t, "sleeps")
	l.waitUntilReady(t)
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", l.process(t, trialLine)))
	if err != nil || string(name) != "iosweep\n" {
		t.Errorf("the trial's process is called %q, %v", name, err)
	}
	send(t, l.cmd.Process.Pid, syscall.SIGTERM)
	l.exitsWith(t, 128+int(syscall.SIGTERM))
}

// TestTreeChangedDuringRun changes the tree during a run. The run stops, and its error
// names the change and the trial. No cell fails. A pipe in place of a file blocks nothing.
func TestTreeChangedDuringRun(t *testing.T) {
	for name, change := range map[string]string{
		"content":      "printf xrecious: >tree/a.txt",
		"and its time": "touch -r tree/a.txt t && printf 'Precious: tree/a.txt' >tree/a.txt && touch -r t tree/a.txt",
		"gone":         "rm tree/sub/b.txt",
		"a pipe":       "rm tree/a.txt && mkfifo tree/a.txt",
		"a link":       "rm tree/a.txt && ln -s ../precious/thesis.txt tree/a.txt",
		"a directory":  "rm tree/a.txt && mkdir tree/a.txt",
		"no tree":      "mv tree away",
	} {
		for _, operation := range []string{"read", "copy", "delete", "zip", "write"} {
			t.Run(name+"/"+operation, func(t *testing.T) {
				if name != "content" || operation != "copy" {
					skipIfShort(t)
				}
				t.Parallel()
				dir, before := attackedDir(t, operation, "{from: tree}", "")
				writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {from: tree}\ngrid: {operation: "+operation+
					", strategy: [sequential, threads], workers: 1}\ntrials: {repeats: 10000, warmup: 0, timeout: 1m}\nworkspace: ws\n")
				l := launch(t, dir, "run", "x.yaml", "--progress", "trials", "-o", "out")
				l.waitForLine(t, "[4/20000]")
				cmd := exec.Command("sh", "-c", change)
				cmd.Dir = dir
				if output, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, output)
				}
				output := strings.Join(l.exitsWith(t, exitIncomplete), "\n")
				if !strings.Contains(output, "the tree "+filepath.Join(dir, "tree")) || !regexp.MustCompile(`while .* ran \(trial \d+\)`).MatchString(output) {
					t.Errorf("unexpected output:\n%s", output)
				}
				for _, trial := range l.journal(t).Trials {
					if trial.Status != journal.OK && !trial.Void {
						t.Errorf("trial %d of %s: %s: %s", trial.Trial, trial.Name, trial.Status, trial.Error)
					}
				}
				l.checkCleanedUp(t)
				checkUnchanged(t, filepath.Join(dir, "precious"), before)
			})
		}
	}
}

// TestContenderChangesTree checks that the error names the contender and the file.
func TestContenderChangesTree(t *testing.T) {
	dir, _ := attackedDir(t, "copy", "{from: tree}", `cp -r "$2/." "$1"; echo x >>"$3/tree/sub/b.txt"`)
	output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitIncomplete), "\n")
	for _, want := range []string{"has changed since it was surveyed: sub/b.txt has other content (", "while copy/strategy=c ran (trial 2)"} {
		if !strings.Contains(output, want) {
			t.Errorf("the output does not contain %q:\n%s", want, output)
		}
	}
	if bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out"))); len(bad) != 1 || bad[0].Status != journal.Failed || bad[0].Void {
		t.Errorf("the contender's trials: %+v", bad)
	}
}

// TestOnlyTheAttackingCellFails: a contender changes files that later trials need. Inputs
// are made again. If the run directory or its marker was changed, the run stops and names
// the contender. A resume completes it.
func TestOnlyTheAttackingCellFails(t *testing.T) {
	for name, attack := range map[string]struct {
		script, want string
		stops        bool
	}{
		"inputs, and their time set back": {
			`cp "$2"/* "$1"; for f in "$2"/*; do cp -p "$f" t; printf x | dd of="$f" conv=notrunc 2>/dev/null; touch -r t "$f"; rm t; break; done`,
			"c changed its inputs, which other trials also read: data-0000.bin has other content; it must not change {input}", false,
		},
		"inputs removed": {`cp "$2"/* "$1"; rm "$2"/*`, "c changed its inputs, which other trials also read: data-0000.bin is gone, and ", false},
		"the marker":     {`cp "$2"/* "$1"; echo other >"$1/../../../.iosweep-workspace"`, "belongs to run", true},
		"the marker replaced": {
			`cp "$2"/* "$1"; m="$1/../../../.iosweep-workspace"; cp "$m" "$m.new"; mv "$m.new" "$m"`,
			"was replaced", true,
		},
		"the directory swapped": {
			`cp "$2"/* "$1"; cd "$3/ws"; set -- .iosweep-*; cp -r "$1" copy; mv "$1" real; mv copy "$1"`,
			"is no longer the run's directory", true,
		},
		"all inputs mounted over": {`cp "$2"/* "$1"; mount --bind "$3/precious" "$2/.."`, "c ended without unmounting its file systems", true},
		"the directory moved":     {`cp "$2"/* "$1"; cd "$3/ws"; set -- .iosweep-*; mv "$1" moved`, "is no longer where it was", true},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "the marker" {
				skipIfShort(t)
			}
			t.Parallel()
			dir, before := attackedDir(t, "copy", fewFiles, attack.script)
			if strings.Contains(attack.script, "mount") {
				skipWithoutMounts(t, dir)
			}
			code := exitFailures
			if attack.stops {
				code = exitIncomplete
			}
			output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, code), "\n")
			bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out")))
			if len(bad) == 0 {
				t.Error("the contender has no trial")
			}
			for _, trial := range bad {
				if trial.Status != journal.Failed || trial.Void || !strings.Contains(trial.Error, attack.want) {
					t.Errorf("trial %d: %s: %s", trial.Trial, trial.Status, trial.Error)
				}
			}
			if attack.stops && (len(bad) != 1 || !strings.Contains(output, "while copy/strategy=c ran (trial 2)")) {
				t.Errorf("the contender failed %d times; output:\n%s", len(bad), output)
			}
			checkUnchanged(t, filepath.Join(dir, "precious"), before)
		})
	}
}

// TestContenderErrorTextsAreNotFaults: a contender prints an error text of the system. Its
// cell fails, and the run continues to its end.
func TestContenderErrorTextsAreNotFaults(t *testing.T) {
	for _, words := range []string{"Input/output error", "Read-only file system", "No space left on device", "Disk quota exceeded", "runtime: failed to create new OS thread"} {
		t.Run(words, func(t *testing.T) {
			if words != "No space left on device" {
				skipIfShort(t)
			}
			t.Parallel()
			dir, _ := attackedDir(t, "copy", fewFiles, "echo 'c: the tape robot: "+words+"' >&2; exit 2")
			launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
			log := intactJournal(t, filepath.Join(dir, "out"))
			if bad := checkOtherCells(t, log); len(bad) != 3 || len(log.Trials) != 9 {
				t.Errorf("%d trials, %d of them of the contender", len(log.Trials), len(bad))
			}
		})
	}
}

// TestPipesAndLinksDoNotBlockTheRun: a failing contender puts a pipe or a link where the
// runner or the trial process reads. No other cell fails, and the runner reacts to the first
// signal.
func TestPipesAndLinksDoNotBlockTheRun(t *testing.T) {
	skipIfShort(t)
	for name, script := range map[string]string{
		"a link to a full file system": `rmdir "$1" && ln -s /proc "$1"; exit 1`,
		"a pipe as output":             `rmdir "$1" && mkfifo "$1"; exit 1`,
		"a pipe as manifest":           `d="$1/../../../manifests/1"; rm "$d/manifest"; mkfifo "$d/manifest"; exit 1`,
		"a manifest without end":       `truncate -s 1T "$1/../../../manifests/1/manifest"; exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := attackedDir(t, "copy", fewFiles, script)
			launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
			if bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out"))); len(bad) != 3 {
				t.Errorf("the contender has %d trials", len(bad))
			}
		})
	}
	t.Run("a pipe as the run's directory", func(t *testing.T) {
		t.Parallel()
		dir, _ := attackedDir(t, "copy", fewFiles, `cd "$3/ws"; set -- .iosweep-*; mv "$1" away; mkfifo "$1"; : >../ready; sleep 1000`)
		l := launch(t, dir, "run", "x.yaml", "-o", "out")
		l.waitUntilReady(t)
		send(t, l.cmd.Process.Pid, syscall.SIGINT)
		l.exitsWith(t, 130)
	})
}

// TestForgedTrialResults: a contender opens the pipe to the runner. It writes a forged
// result and the beginning of a line that hides the real result. Its trial must fail.
func TestForgedTrialResults(t *testing.T) {
	for name, answer := range map[string]string{
		"good":    `{"status":"ok","measurement":{"seconds":1e-6,"work_seconds":1e-6,"files":3,"bytes":3072,"output_bytes":3072}}`,
		"a fault": `{"status":"failed","error":"x","fault":"the disk is full"}`,
		"absurd":  `{"status":"ok","measurement":{"seconds":-5}}`,
		"empty":   `{"status":"ok"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if name != "good" {
				skipIfShort(t)
			}
			t.Parallel()
			dir, _ := attackedDir(t, "copy", fewFiles, "printf '%s\n#' '"+answer+"' >/proc/$PPID/fd/1")
			launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
			bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out")))
			if len(bad) != 3 {
				t.Errorf("the contender has %d trials", len(bad))
			}
			for _, trial := range bad {
				if trial.Status == journal.OK || trial.Void {
					t.Errorf("%s: %s", trial.Status, trial.Error)
				}
			}
		})
	}
}

// TestTrialKilledWithLeftoverProcess: the next trial must be able to use the control group.
func TestTrialKilledWithLeftoverProcess(t *testing.T) {
	skipIfShort(t)
	dir, _ := attackedDir(t, "copy", fewFiles, `setsid sleep 1000 & sleep 0.1; kill -9 $PPID`)
	launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
	if bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out"))); len(bad) != 3 {
		t.Errorf("the contender has %d trials", len(bad))
	}
}

// TestScriptEditedDuringRun: an edited script is another program, so the run stops.
func TestScriptEditedDuringRun(t *testing.T) {
	dir, _ := attackedDir(t, "copy", fewFiles, `sleep 0.05; cp "$2"/* "$1"`)
	l := launch(t, dir, "run", "x.yaml", "-o", "out", "--set", "trials.repeats=1000", "--progress", "trials")
	l.waitForLine(t, "[4/3000]")
	writeFile(t, filepath.Join(dir, "c.sh.new"), `cp "$2"/* "$1"`)
	if err := os.Rename(filepath.Join(dir, "c.sh.new"), filepath.Join(dir, "c.sh")); err != nil {
		t.Fatal(err)
	}
	if output := strings.Join(l.exitsWith(t, exitIncomplete), "\n"); !strings.Contains(output, `c.sh, a script of the command "c", was changed during the run`) {
		t.Errorf("unexpected output:\n%s", output)
	}
}

// TestUnremovableFilesQuarantineTheirCell: the trial is in the journal, its cell gets no
// more trials, all other cells are completed, and a resume does not repeat the cell.
func TestUnremovableFilesQuarantineTheirCell(t *testing.T) {
	skipIfShort(t)
	for name, script := range map[string]string{
		"immutable, and wrong": `touch "$1/x"; chattr +i "$1/x"`,
		"immutable, and right": `cp "$2"/* "$1"; for f in "$1"/*; do chattr +i "$f"; done`,
	} {
		t.Run(name, func(t *testing.T) {
			if os.Geteuid() != 0 {
				t.Skip("only root makes files immutable")
			}
			dir, _ := attackedDir(t, "copy", fewFiles, script)
			t.Cleanup(func() { _ = exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run() })
			output := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures), "\n")
			if !strings.Contains(output, "was not removed") {
				t.Errorf("unexpected output:\n%s", output)
			}
			log := intactJournal(t, filepath.Join(dir, "out"))
			if bad := checkOtherCells(t, log); len(bad) != 1 || len(log.Trials) != 7 {
				t.Errorf("%d trials, %d of them the contender's", len(log.Trials), len(bad))
			}
			launch(t, dir, "resume", "out").exitsWith(t, exitFailures)
			if again := intactJournal(t, filepath.Join(dir, "out")); len(again.Trials) != 7 {
				t.Errorf("%d trials after a resume, want 7", len(again.Trials))
			}
			if err := exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run(); err != nil {
				t.Fatal(err)
			}
			launch(t, dir, "resume", "out", "--retry-failed").exitsWith(t, exitFailures)
			_ = exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run()
			launch(t, dir, "report", "out").exitsWith(t, exitGood)
		})
	}
}

// TestDeepTreeIsRemoved: a contender leaves a tree of 3000 levels.
func TestDeepTreeIsRemoved(t *testing.T) {
	skipIfShort(t)
	dir, _ := attackedDir(t, "copy", fewFiles, `cd "$1"; for i in $(seq 3000); do mkdir d && cd d || exit; done`)
	l := launch(t, dir, "run", "x.yaml", "-o", "out")
	l.exitsWith(t, exitFailures)
	l.checkCleanedUp(t)
	if bad := checkOtherCells(t, l.journal(t)); len(bad) != 3 {
		t.Errorf("the contender has %d trials", len(bad))
	}
}

// TestRunInUseIsNotResumed resumes a copy of the results during the run, and the results
// themselves after their lock file was removed. Both are refused, and the run continues.
func TestRunInUseIsNotResumed(t *testing.T) {
	skipIfShort(t)
	l := startRun(t, endless)
	l.waitForLine(t, "[7/30000]")
	for _, spoil := range []string{"cp -r out copy", "rm out/run.lock"} {
		cmd := exec.Command("sh", "-c", spoil)
		cmd.Dir = l.dir
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		copied := "copy"
		if strings.HasPrefix(spoil, "rm") {
			copied = "out"
		}
		output := strings.Join(launch(t, l.dir, "resume", copied, "--as-planned").exitsWith(t, exitUsage), "\n")
		if !strings.Contains(output, "is in use") {
			t.Errorf("%s: unexpected output:\n%s", spoil, output)
		}
	}
	send(t, l.cmd.Process.Pid, syscall.SIGINT)
	l.exitsWith(t, 130)
	l.checkCleanedUp(t)
	checkOtherCells(t, l.journal(t))
}

// TestEndlessTrialResult: a contender writes 40 MB to the pipe to the runner.
func TestEndlessTrialResult(t *testing.T) {
	skipIfShort(t)
	dir, _ := attackedDir(t, "copy", fewFiles, `cp "$2"/* "$1"; head -c 40000000 /dev/zero >/proc/$PPID/fd/1`)
	launch(t, dir, "run", "x.yaml", "-o", "out").exitsWith(t, exitFailures)
	bad := checkOtherCells(t, intactJournal(t, filepath.Join(dir, "out")))
	if len(bad) == 0 {
		t.Error("the contender has no trial")
	}
	for _, trial := range bad {
		if trial.Status != journal.Failed || !strings.Contains(trial.Error, "wrote more than 16") {
			t.Errorf("%s: %s", trial.Status, trial.Error)
		}
	}
}

// TestResourceLimitsAreReported: if a cell exceeds a resource limit, its error names the
// limit. If the run cannot begin, the error gives the reason.
func TestResourceLimitsAreReported(t *testing.T) {
	skipIfShort(t)
	program := build(t)
	dir := t.TempDir()
	skipWithoutRoot(t, dir)
	skipWithoutRoot(t, filepath.Dir(program))
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 200, content: bytes, size: 300KiB}\n"+
		"grid:\n  - {operation: write, strategy: sequential}\n  - {operation: write, strategy: processes, workers: 100}\n"+
		"trials: {repeats: 2, warmup: 0}\nworkspace: .\n")
	if err := os.Chown(dir, owner, owner); err != nil {
		t.Fatal(err)
	}
	run := func(t *testing.T, limit string) (output string, code int) {
		cmd := asUser(exec.Command("prlimit", limit, program, "run", "x.yaml", "-q", "-o", strings.Trim(limit, "-=")), owner)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), exitCodeOf(err)
	}
	t.Run("processes", func(t *testing.T) {
		output, code := run(t, "--nproc=60")
		if code != exitFailures || !strings.Contains(output, "ulimit -u") {
			t.Errorf("exit code %d:\n%s", code, output)
		}
		for _, trial := range intactJournal(t, filepath.Join(dir, "nproc=60")).Trials {
			if (trial.Status == journal.OK) != strings.Contains(trial.Name, "sequential") || trial.Void {
				t.Errorf("%s: %s: %s", trial.Name, trial.Status, trial.Error)
			}
		}
	})
	t.Run("size of a file", func(t *testing.T) {
		output, code := run(t, "--fsize=200000")
		if code != exitFailures || !strings.Contains(output, "its largest file has 300 KiB and the limit is 195 KiB; raise the limit with ulimit -f") {
			t.Errorf("exit code %d:\n%s", code, output)
		}
	})
	t.Run("size of the journal", func(t *testing.T) {
		output, code := run(t, "--fsize=2000")
		if code != exitFailures && code != exitIncomplete || !strings.Contains(output, "ulimit -f") {
			t.Errorf("exit code %d:\n%s", code, output)
		}
	})
	t.Run("no proc", func(t *testing.T) {
		cmd := exec.Command("unshare", "-m", "sh", "-c", `umount -l /proc && exec "$0" run x.yaml -o noproc`, program)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if exitCodeOf(err) != exitUsage || !strings.Contains(string(out), "mount /proc") {
			t.Errorf("%v:\n%s", err, out)
		}
	})
}

// TestOrphansOfKilledTrial: with a control group, processes are ended even if they left
// their session and cleared their environment.
func TestOrphansOfKilledTrial(t *testing.T) {
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.procs"); err != nil {
		if _, err := os.Stat("/sys/fs/cgroup/unified/cgroup.procs"); err != nil || os.Geteuid() != 0 {
			t.Skip("no control group can be made")
		}
	}
	l := startHanging(t, "cleared")
	l.waitUntilReady(t)
	// It has its own session before it clears its environment.
	eventually(t, "the contender has started all its processes", func() bool { return len(processesIn(l.dir)) >= 4 })
	send(t, l.process(t, trialLine), syscall.SIGKILL)
	l.exitsWith(t, exitFailures)
	l.checkNoProcesses(t)
}

// TestResultsChangedDuringRun moves, removes or changes the results during a run. The run
// stops before the next trial, and its error tells where the records are. The run can be
// resumed from there.
func TestResultsChangedDuringRun(t *testing.T) {
	for name, test := range map[string]struct{ change, want, resume string }{
		"moved":             {"mv out moved", "it is now ", "moved"},
		"removed":           {"rm -r out", "out-rescued.jsonl", "rescued"},
		"the journal alone": {"rm out/trials.jsonl", "out-rescued.jsonl", "rescued"},
		"replaced":          {"cp out/trials.jsonl x && mv x out/trials.jsonl", "another file replaced it", "rescued"},
		"cut off":           {": >out/trials.jsonl", "the missing bytes are lost", ""},
		"appended to":       {"echo x >>out/trials.jsonl", "another process is writing it", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "moved" {
				skipIfShort(t)
			}
			t.Parallel()
			l := startRun(t, strings.Replace(endless, "repeats: 10000", "repeats: 15", 1))
			l.waitForLine(t, "[3/45]")
			cmd := exec.Command("sh", "-c", test.change)
			cmd.Dir = l.dir
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			output := strings.Join(l.exitsWith(t, exitIncomplete), "\n")
			if !strings.Contains(output, test.want) || !strings.Contains(output, "was changed by another process") {
				t.Errorf("unexpected output:\n%s", output)
			}
			l.checkCleanedUp(t)
			if test.resume == "" {
				return
			}
			if test.resume == "rescued" {
				if err := os.Mkdir(filepath.Join(l.dir, "rescued"), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(filepath.Join(l.dir, "out-rescued.jsonl"), filepath.Join(l.dir, "rescued", journal.FileName)); err != nil {
					t.Fatal(err)
				}
			}
			launch(t, l.dir, "resume", test.resume).exitsWith(t, exitGood)
			if log := intactJournal(t, filepath.Join(l.dir, test.resume)); len(log.Trials) != 45 {
				t.Errorf("%d trials at the end, want 45", len(log.Trials))
			}
		})
	}
}
