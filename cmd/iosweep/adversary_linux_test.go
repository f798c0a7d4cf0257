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

// Contenders and other users do their worst here, against the program as people have
// it. Somebody's files stay as they were, every trial that ended is in the journal, and
// a cell that did nothing wrong is not the one that fails.

// attacked is a directory with somebody's files in precious, a workspace ws, and an
// experiment x.yaml in which the contender c runs a script of sh with {output} as $1,
// {input} as $2 and the directory as $3. It comes between two cells that do nothing
// wrong.
func attacked(t *testing.T, operation, workload, script string) (dir string, before tree) {
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

// theOthers fails the test unless all trials but those of the contender c are good,
// and returns those.
func theOthers(t *testing.T, log *journal.Log) (contender []journal.Trial) {
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

// needsMounts skips a test that cannot mount, and unmounts in the end whatever was
// mounted below a directory.
func needsMounts(t *testing.T, dir string) {
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

// unmountAll unmounts what is mounted below a directory.
func unmountAll(dir string) {
	for _, at := range mountsBelow(dir) {
		_ = unix.Unmount(at, unix.MNT_DETACH)
	}
}

// mountsBelow lists what is mounted below a directory.
func mountsBelow(dir string) (points []string) {
	info, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(info)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], dir+"/") {
			points = append(points, fields[4])
		}
	}
	return points
}

// TestWhatAContenderMountsIsNotEntered: in its output, over its output, over its whole
// directory, over its own input, over the input that others read, a file. The trial has
// failed and names the place, the run goes on, and neither its end nor a resume touches
// what is mounted.
func TestWhatAContenderMountsIsNotEntered(t *testing.T) {
	for name, attack := range map[string]struct{ operation, mount string }{
		"in the output":          {"copy", `cp "$2"/* "$1"; mkdir "$1/m"; mount --bind "$3/precious" "$1/m"`},
		"deep in the output":     {"copy", `cp "$2"/* "$1"; mkdir -p "$1/a/b/m"; mount --bind "$3/precious" "$1/a/b/m"`},
		"over the output":        {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$1"`},
		"over its directory":     {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$1/.."`},
		"over its own input":     {"delete", `rm "$2"/*; mount --bind "$3/precious" "$2"`},
		"over the shared input":  {"copy", `cp "$2"/* "$1"; mount --bind "$3/precious" "$2"`},
		"in the shared input":    {"copy", `cp "$2"/* "$1"; mkdir "$2/m"; mount --bind "$3/precious" "$2/m"`},
		"a file over a file":     {"copy", `cp "$2"/* "$1"; for f in "$1"/*; do mount --bind "$3/precious/thesis.txt" "$f"; break; done`},
		"a file system":          {"copy", `cp "$2"/* "$1"; mkdir "$1/m"; mount -t tmpfs none "$1/m"; echo x >"$1/m/x"`},
		"in a directory of ours": {"copy", `cp "$2"/* "$1"; mkdir "$1/../../m"; mount --bind "$3/precious" "$1/../../m"`},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "in the output" {
				long(t)
			}
			t.Parallel()
			dir, before := attacked(t, attack.operation, fewFiles, attack.mount)
			needsMounts(t, dir)
			launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
			unchanged(t, filepath.Join(dir, "precious"), before)
			log := wholeJournal(t, filepath.Join(dir, "out"))
			bad := theOthers(t, log)
			if len(bad) == 0 {
				t.Error("the contender was not tried")
			}
			for _, trial := range bad {
				if trial.Status != journal.Failed || !strings.Contains(trial.Error, "c ended without unmounting what it had mounted: something was mounted at "+filepath.Join(dir, "ws")) {
					t.Errorf("%s: %s", trial.Status, trial.Error)
				}
			}
			launch(t, dir, "resume", "out", "--retry-failed").ends(t, exitFailures)
			unchanged(t, filepath.Join(dir, "precious"), before)
			unmountAll(dir)
			launch(t, dir, "resume", "out", "--retry-failed").ends(t, exitFailures)
			unchanged(t, filepath.Join(dir, "precious"), before)
		})
	}
}

// TestAWorkspaceWithinTheTree, by way of a mount, would be measured with it.
func TestAWorkspaceWithinTheTree(t *testing.T) {
	dir, _ := attacked(t, "copy", "{from: tree}", "")
	needsMounts(t, dir)
	inside := filepath.Join(dir, "tree", "inside")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(filepath.Join(dir, "ws"), inside, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	said := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitUsage), "\n")
	if want := fmt.Sprintf("contains the workspace %s/ws, mounted at %s", dir, inside); !strings.Contains(said, want) {
		t.Errorf("it does not say %q:\n%s", want, said)
	}
}

// as has a command run as another user, who need not exist.
func as(cmd *exec.Cmd, uid uint32) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd
}

// needsUsers skips a test that cannot act as others. It opens the way to a directory
// for them.
func needsUsers(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	for at := dir; at != filepath.Dir(at) && at != os.TempDir(); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

const owner, attacker = 54321, 54322

// TestADirectoryThatOthersMaySwap: in a directory that everybody may write, a run is
// refused. Where it was insisted on, another user puts a directory of their own in the
// place of the run's, with its marker, and links to the owner's files where trials
// work. Nothing of the owner's changes, and the run stops.
func TestADirectoryThatOthersMaySwap(t *testing.T) {
	long(t)
	program := build(t)
	for _, operation := range []string{"write", "copy", "delete", "rename", "move"} {
		t.Run(operation, func(t *testing.T) {
			dir := t.TempDir()
			needsUsers(t, dir)
			needsUsers(t, filepath.Dir(program))
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
			run := func(args ...string) (said string, code int) {
				cmd := as(exec.Command(program, append([]string{"run", "x.yaml", "-o", "out", "-q", "--workspace", scratch}, args...)...), owner)
				cmd.Dir = home
				out, err := cmd.CombinedOutput()
				return string(out), exitCodeOf(err)
			}
			if said, code := run(); code != exitUsage || !strings.Contains(said, scratch+" may be written by everybody and has no sticky bit") || !strings.Contains(said, "--trust-workspace") {
				t.Fatalf("exit code %d:\n%s", code, said)
			}
			swap := as(exec.Command("sh", filepath.Join(scratch, "swap.sh"), scratch, filepath.Join(home, "backup")), attacker)
			if err := swap.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = swap.Process.Kill(); _ = swap.Wait() }()
			said, code := run("--trust-workspace")
			if code != exitIncomplete || !regexp.MustCompile("no longer (the run's directory|where it was)").MatchString(said) {
				t.Errorf("exit code %d:\n%s", code, said)
			}
			unchanged(t, filepath.Join(home, "backup"), before)
			report, err := os.ReadFile(filepath.Join(home, "out", "report.md"))
			if err != nil || !strings.Contains(string(report), "was trusted") {
				t.Errorf("the report does not say that the workspace was trusted (%v)", err)
			}
			for _, trial := range wholeJournal(t, filepath.Join(home, "out")).Trials {
				if trial.Status != journal.OK && !trial.Void {
					t.Errorf("%s, trial %d: %s: %s", trial.Name, trial.Trial, trial.Status, trial.Error)
				}
			}
		})
	}
}

// TestTheProgramIsReplaced, or removed, while a run goes on: all trials are of the
// program that began it.
func TestTheProgramIsReplaced(t *testing.T) {
	long(t)
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
			l := launchProgram(t, own, dir, "run", "x.yaml", "-o", "out")
			l.await(t, "[3/40]")
			change(t, own)
			l.ends(t, exitGood)
			if log := l.journal(t); len(log.Trials) != 40 || len(theOthers(t, log)) > 0 {
				t.Errorf("%d trials", len(log.Trials))
			}
			if _, err := os.Stat(own + ".ran"); err == nil {
				t.Error("the other program was run")
			}
		})
	}
}

// TestProcessesAreNamed: started by /proc/self/exe, they would be called exe.
func TestProcessesAreNamed(t *testing.T) {
	l := hanging(t, "sleeps")
	l.hung(t)
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", l.process(t, trialLine)))
	if err != nil || string(name) != "iosweep\n" {
		t.Errorf("the trial's process is called %q, %v", name, err)
	}
	send(t, l.cmd.Process.Pid, syscall.SIGTERM)
	l.ends(t, 128+int(syscall.SIGTERM))
}

// TestATreeThatChanges stops the run, which says what changed and under which trial,
// and no cell has failed for it. A pipe in the place of a file holds nobody up.
func TestATreeThatChanges(t *testing.T) {
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
					long(t)
				}
				t.Parallel()
				dir, before := attacked(t, operation, "{from: tree}", "")
				writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {from: tree}\ngrid: {operation: "+operation+
					", strategy: [sequential, threads], workers: 1}\ntrials: {repeats: 10000, warmup: 0, timeout: 1m}\nworkspace: ws\n")
				l := launch(t, dir, "run", "x.yaml", "-o", "out")
				l.await(t, "[4/20000]")
				cmd := exec.Command("sh", "-c", change)
				cmd.Dir = dir
				if said, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, said)
				}
				said := strings.Join(l.ends(t, exitIncomplete), "\n")
				if !strings.Contains(said, "the tree "+filepath.Join(dir, "tree")) || !regexp.MustCompile(`while .* ran \(trial \d+\)`).MatchString(said) {
					t.Errorf("it says:\n%s", said)
				}
				for _, trial := range l.journal(t).Trials {
					if trial.Status != journal.OK && !trial.Void {
						t.Errorf("trial %d of %s: %s: %s", trial.Trial, trial.Name, trial.Status, trial.Error)
					}
				}
				l.leavesNothing(t)
				unchanged(t, filepath.Join(dir, "precious"), before)
			})
		}
	}
}

// TestAContenderThatChangesTheTree is named, with the file.
func TestAContenderThatChangesTheTree(t *testing.T) {
	dir, _ := attacked(t, "copy", "{from: tree}", `cp -r "$2/." "$1"; echo x >>"$3/tree/sub/b.txt"`)
	said := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitIncomplete), "\n")
	for _, want := range []string{"has changed since it was surveyed: last changed is " + filepath.Join(dir, "tree", "sub", "b.txt"), "while copy/strategy=c ran (trial 2)"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out"))); len(bad) != 1 || bad[0].Status != journal.Failed || bad[0].Void {
		t.Errorf("the contender's trials: %+v", bad)
	}
}

// TestTheRightCellIsBlamed: a contender changes what the trials after it stand on.
// Inputs are made again. Where the run's own directory or marker is no longer what it
// was, the run stops and names the contender; resumed, it comes to its end.
func TestTheRightCellIsBlamed(t *testing.T) {
	for name, attack := range map[string]struct {
		script, says string
		stops        bool
	}{
		"inputs, and their time set back": {
			`cp "$2"/* "$1"; for f in "$2"/*; do cp -p "$f" t; printf x | dd of="$f" conv=notrunc 2>/dev/null; touch -r t "$f"; rm t; break; done`,
			"c changed its inputs, which other trials read too: last changed is ", false,
		},
		"inputs removed": {`cp "$2"/* "$1"; rm "$2"/*`, "c changed its inputs", false},
		"the marker":     {`cp "$2"/* "$1"; echo other >"$1/../../../.iosweep-workspace"`, "belongs to run", true},
		"the marker replaced": {
			`cp "$2"/* "$1"; m="$1/../../../.iosweep-workspace"; cp "$m" "$m.new"; mv "$m.new" "$m"`,
			"was replaced", true,
		},
		"the directory swapped": {
			`cp "$2"/* "$1"; cd "$3/ws"; set -- .iosweep-*; cp -r "$1" copy; mv "$1" real; mv copy "$1"`,
			"is no longer the run's directory", true,
		},
		"all inputs mounted over": {`cp "$2"/* "$1"; mount --bind "$3/precious" "$2/.."`, "c ended without unmounting what it had mounted", true},
		"the directory moved":     {`cp "$2"/* "$1"; cd "$3/ws"; set -- .iosweep-*; mv "$1" moved`, "is no longer where it was", true},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "the marker" {
				long(t)
			}
			t.Parallel()
			dir, before := attacked(t, "copy", fewFiles, attack.script)
			if strings.Contains(attack.script, "mount") {
				needsMounts(t, dir)
			}
			code := exitFailures
			if attack.stops {
				code = exitIncomplete
			}
			said := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, code), "\n")
			bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out")))
			if len(bad) == 0 {
				t.Error("the contender was not tried")
			}
			for _, trial := range bad {
				if trial.Status != journal.Failed || trial.Void || !strings.Contains(trial.Error, attack.says) {
					t.Errorf("trial %d: %s: %s", trial.Trial, trial.Status, trial.Error)
				}
			}
			if attack.stops && (len(bad) != 1 || !strings.Contains(said, "while copy/strategy=c ran (trial 2)")) {
				t.Errorf("the contender failed %d times; it says:\n%s", len(bad), said)
			}
			unchanged(t, filepath.Join(dir, "precious"), before)
		})
	}
}

// TestAContendersWordsBlameNobody: whatever it prints, the cell fails, and the run goes
// on to its end.
func TestAContendersWordsBlameNobody(t *testing.T) {
	for _, words := range []string{"Input/output error", "Read-only file system", "No space left on device", "Disk quota exceeded", "runtime: failed to create new OS thread"} {
		t.Run(words, func(t *testing.T) {
			if words != "No space left on device" {
				long(t)
			}
			t.Parallel()
			dir, _ := attacked(t, "copy", fewFiles, "echo 'c: the tape robot: "+words+"' >&2; exit 2")
			launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
			log := wholeJournal(t, filepath.Join(dir, "out"))
			if bad := theOthers(t, log); len(bad) != 3 || len(log.Trials) != 9 {
				t.Errorf("%d trials, %d of them the contender's", len(log.Trials), len(bad))
			}
		})
	}
}

// TestWhatStandsInTheWayHoldsNobodyUp: a contender that fails puts a pipe or a link
// where the runner, or its own trial's process, will look. It blames nobody for it, and
// the runner heeds the first signal.
func TestWhatStandsInTheWayHoldsNobodyUp(t *testing.T) {
	long(t)
	for name, script := range map[string]string{
		"a link to a full file system": `rmdir "$1" && ln -s /proc "$1"; exit 1`,
		"a pipe as output":             `rmdir "$1" && mkfifo "$1"; exit 1`,
		"a pipe as manifest":           `d="$1/../../../manifests/1"; rm "$d/manifest"; mkfifo "$d/manifest"; exit 1`,
		"a manifest without end":       `truncate -s 1T "$1/../../../manifests/1/manifest"; exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := attacked(t, "copy", fewFiles, script)
			launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
			if bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out"))); len(bad) != 3 {
				t.Errorf("the contender has %d trials", len(bad))
			}
		})
	}
	t.Run("a pipe as the run's directory", func(t *testing.T) {
		t.Parallel()
		dir, _ := attacked(t, "copy", fewFiles, `cd "$3/ws"; set -- .iosweep-*; mv "$1" away; mkfifo "$1"; : >../ready; sleep 1000`)
		l := launch(t, dir, "run", "x.yaml", "-o", "out")
		l.hung(t)
		send(t, l.cmd.Process.Pid, syscall.SIGINT)
		l.ends(t, 130)
	})
}

// TestForgedAnswers: a contender finds the pipe to the runner and answers in the place of
// its trial, with garbage behind that hides the true answer. It has failed for it.
func TestForgedAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"good":    `{"status":"ok","measurement":{"seconds":1e-6,"work_seconds":1e-6,"files":3,"bytes":3072,"output_bytes":3072}}`,
		"a fault": `{"status":"failed","error":"x","fault":"the disk is full"}`,
		"absurd":  `{"status":"ok","measurement":{"seconds":-5}}`,
		"empty":   `{"status":"ok"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if name != "good" {
				long(t)
			}
			t.Parallel()
			dir, _ := attacked(t, "copy", fewFiles, "printf '%s\n#' '"+answer+"' >/proc/$PPID/fd/1")
			launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
			bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out")))
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

// TestATrialIsKilledWithALeftover: its control group is of use to the next trial.
func TestATrialIsKilledWithALeftover(t *testing.T) {
	long(t)
	dir, _ := attacked(t, "copy", fewFiles, `setsid sleep 1000 & sleep 0.1; kill -9 $PPID`)
	launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
	if bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out"))); len(bad) != 3 {
		t.Errorf("the contender has %d trials", len(bad))
	}
}

// TestAScriptThatIsEdited while a run goes on is another program.
func TestAScriptThatIsEdited(t *testing.T) {
	dir, _ := attacked(t, "copy", fewFiles, `sleep 0.05; cp "$2"/* "$1"`)
	l := launch(t, dir, "run", "x.yaml", "-o", "out", "--set", "trials.repeats=1000")
	l.await(t, "[4/3000]")
	writeFile(t, filepath.Join(dir, "c.sh.new"), `cp "$2"/* "$1"`)
	if err := os.Rename(filepath.Join(dir, "c.sh.new"), filepath.Join(dir, "c.sh")); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(l.ends(t, exitIncomplete), "\n"); !strings.Contains(said, `c.sh, which the command "c" runs, has changed`) {
		t.Errorf("it says:\n%s", said)
	}
}

// TestWhatCannotBeRemovedEndsItsCellAlone: its trial is in the journal, the rest of the
// run is done, and a resume does not begin again with it.
func TestWhatCannotBeRemovedEndsItsCellAlone(t *testing.T) {
	long(t)
	for name, script := range map[string]string{
		"immutable, and wrong": `touch "$1/x"; chattr +i "$1/x"`,
		"immutable, and right": `cp "$2"/* "$1"; for f in "$1"/*; do chattr +i "$f"; done`,
	} {
		t.Run(name, func(t *testing.T) {
			if os.Geteuid() != 0 {
				t.Skip("only root makes files immutable")
			}
			dir, _ := attacked(t, "copy", fewFiles, script)
			t.Cleanup(func() { _ = exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run() })
			said := strings.Join(launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures), "\n")
			if !strings.Contains(said, "was not removed") {
				t.Errorf("it says:\n%s", said)
			}
			log := wholeJournal(t, filepath.Join(dir, "out"))
			if bad := theOthers(t, log); len(bad) != 1 || len(log.Trials) != 7 {
				t.Errorf("%d trials, %d of them the contender's", len(log.Trials), len(bad))
			}
			launch(t, dir, "resume", "out").ends(t, exitFailures)
			if again := wholeJournal(t, filepath.Join(dir, "out")); len(again.Trials) != 7 {
				t.Errorf("resumed, and %d trials", len(again.Trials))
			}
			if err := exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run(); err != nil {
				t.Fatal(err)
			}
			launch(t, dir, "resume", "out", "--retry-failed").ends(t, exitFailures)
			_ = exec.Command("chattr", "-R", "-i", filepath.Join(dir, "ws")).Run()
			launch(t, dir, "report", "out").ends(t, exitGood)
		})
	}
}

// TestATreeOfManyLevelsIsRemoved: one that a contender has left.
func TestATreeOfManyLevelsIsRemoved(t *testing.T) {
	long(t)
	dir, _ := attacked(t, "copy", fewFiles, `cd "$1"; for i in $(seq 3000); do mkdir d && cd d || exit; done`)
	l := launch(t, dir, "run", "x.yaml", "-o", "out")
	l.ends(t, exitFailures)
	l.leavesNothing(t)
	if bad := theOthers(t, l.journal(t)); len(bad) != 3 {
		t.Errorf("the contender has %d trials", len(bad))
	}
}

// TestACopyOfTheResultsIsNotResumed while the run goes on, and neither is the original
// without its lock. The run is not disturbed.
func TestACopyOfTheResultsIsNotResumed(t *testing.T) {
	long(t)
	l := start(t, endless)
	l.await(t, "[7/30000]")
	for _, spoil := range []string{"cp -r out copy", "rm out/run.lock"} {
		cmd := exec.Command("sh", "-c", spoil)
		cmd.Dir = l.dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		copied := "copy"
		if strings.HasPrefix(spoil, "rm") {
			copied = "out"
		}
		said := strings.Join(launch(t, l.dir, "resume", copied, "--as-planned").ends(t, exitUsage), "\n")
		if !strings.Contains(said, "is in use") {
			t.Errorf("%s: it says:\n%s", spoil, said)
		}
	}
	send(t, l.cmd.Process.Pid, syscall.SIGINT)
	l.ends(t, 130)
	l.leavesNothing(t)
	theOthers(t, l.journal(t)) // all are good
}

// TestAnAnswerWithoutEnd: a contender finds the pipe to the runner and floods it.
func TestAnAnswerWithoutEnd(t *testing.T) {
	long(t)
	dir, _ := attacked(t, "copy", fewFiles, `cp "$2"/* "$1"; head -c 40000000 /dev/zero >/proc/$PPID/fd/1`)
	launch(t, dir, "run", "x.yaml", "-o", "out").ends(t, exitFailures)
	bad := theOthers(t, wholeJournal(t, filepath.Join(dir, "out")))
	if len(bad) == 0 {
		t.Error("the contender was not tried")
	}
	for _, trial := range bad {
		if trial.Status != journal.Failed || !strings.Contains(trial.Error, "wrote more than 16") {
			t.Errorf("%s: %s", trial.Status, trial.Error)
		}
	}
}

// TestLimitsAreNamed: a cell that takes more than its processes may have is left alone
// with the limit's name; where a run cannot begin at all, it says why.
func TestLimitsAreNamed(t *testing.T) {
	long(t)
	program := build(t)
	dir := t.TempDir()
	needsUsers(t, dir)
	needsUsers(t, filepath.Dir(program))
	writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 200, content: bytes, size: 300KiB}\n"+
		"grid:\n  - {operation: write, strategy: sequential}\n  - {operation: write, strategy: processes, workers: 100}\n"+
		"trials: {repeats: 2, warmup: 0}\nworkspace: .\n")
	if err := os.Chown(dir, owner, owner); err != nil {
		t.Fatal(err)
	}
	run := func(t *testing.T, limit string) (said string, code int) {
		cmd := as(exec.Command("prlimit", limit, program, "run", "x.yaml", "-q", "-o", strings.Trim(limit, "-=")), owner)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), exitCodeOf(err)
	}
	t.Run("processes", func(t *testing.T) {
		said, code := run(t, "--nproc=60")
		if code != exitFailures || !strings.Contains(said, "ulimit -u") {
			t.Errorf("exit code %d:\n%s", code, said)
		}
		for _, trial := range wholeJournal(t, filepath.Join(dir, "nproc=60")).Trials {
			if (trial.Status == journal.OK) != strings.Contains(trial.Name, "sequential") || trial.Void {
				t.Errorf("%s: %s: %s", trial.Name, trial.Status, trial.Error)
			}
		}
	})
	t.Run("size of a file", func(t *testing.T) {
		said, code := run(t, "--fsize=200000")
		if code != exitFailures || !strings.Contains(said, "its largest file has 300 KiB and the limit is 195 KiB; raise the limit with ulimit -f") {
			t.Errorf("exit code %d:\n%s", code, said)
		}
	})
	t.Run("size of the journal", func(t *testing.T) {
		said, code := run(t, "--fsize=2000")
		if code != exitFailures && code != exitIncomplete || !strings.Contains(said, "ulimit -f") {
			t.Errorf("exit code %d:\n%s", code, said)
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

// TestOrphansOfAKilledTrial: what has left its session and its environment is ended as
// well, where a control group can be made.
func TestOrphansOfAKilledTrial(t *testing.T) {
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.procs"); err != nil {
		if _, err := os.Stat("/sys/fs/cgroup/unified/cgroup.procs"); err != nil || os.Geteuid() != 0 {
			t.Skip("no control group can be made")
		}
	}
	l := hanging(t, "cleared")
	l.hung(t)
	// It is in a session of its own before it has cleared anything.
	eventually(t, "the contender has gone away", func() bool { return len(processesIn(l.dir)) >= 4 })
	send(t, l.process(t, trialLine), syscall.SIGKILL)
	l.ends(t, exitFailures)
	l.noneLeft(t)
}

// TestTheResultsGoAway while a run goes on: it stops before the next trial, and says
// where the records are. From there it can be resumed.
func TestTheResultsGoAway(t *testing.T) {
	for name, test := range map[string]struct{ change, says, resume string }{
		"moved":             {"mv out moved", "it is now ", "moved"},
		"removed":           {"rm -r out", "out-rescued.jsonl", "rescued"},
		"the journal alone": {"rm out/trials.jsonl", "out-rescued.jsonl", "rescued"},
		"replaced":          {"cp out/trials.jsonl x && mv x out/trials.jsonl", "another file replaced it", "rescued"},
		"cut off":           {": >out/trials.jsonl", "the missing bytes are lost", ""},
		"appended to":       {"echo x >>out/trials.jsonl", "another process is writing it", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "moved" {
				long(t)
			}
			t.Parallel()
			l := start(t, strings.Replace(endless, "repeats: 10000", "repeats: 15", 1))
			l.await(t, "[3/45]")
			cmd := exec.Command("sh", "-c", test.change)
			cmd.Dir = l.dir
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			said := strings.Join(l.ends(t, exitIncomplete), "\n")
			if !strings.Contains(said, test.says) || !strings.Contains(said, "was changed by another process") {
				t.Errorf("it says:\n%s", said)
			}
			l.leavesNothing(t)
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
			launch(t, l.dir, "resume", test.resume).ends(t, exitGood)
			if log := wholeJournal(t, filepath.Join(l.dir, test.resume)); len(log.Trials) != 45 {
				t.Errorf("%d trials in the end", len(log.Trials))
			}
		})
	}
}
