//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"iosweep/journal"
)

// hangScript is a contender that does not end. Its argument selects how it makes its
// processes hard to end.
const hangScript = `
echo last words >&2
case $1 in
sleeps) ;;
ignores) trap '' TERM INT HUP; sleep 1000 & ;;
grandchild) sh -c 'sleep 1000; :' & ;;
session) setsid sh -c 'trap "" TERM; sleep 1000 & sleep 1000' & ;;
cleared) env -i /usr/bin/setsid sh -c 'sleep 1000 & sleep 1000' >/dev/null 2>&1 & ;;
talks) (while :; do echo x >&2; done) & ;;
stopped) : >"$(dirname "$0")/ready"; kill -STOP $$ ;;
esac
: >"$(dirname "$0")/ready"
sleep 1000
`

var hangs = []string{"sleeps", "ignores", "grandchild", "session", "cleared", "stopped"}

// startHanging starts a run whose only contender hangs in this way.
func startHanging(t *testing.T, kind string, args ...string) *liveRun {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "hang.sh"), hangScript)
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: hanging
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: hang}
baseline: {strategy: hang}
trials: {repeats: 1, warmup: 0, retries: 0}
workspace: ws
commands:
  hang: {operation: copy, run: [sh, '{here}/hang.sh', `+kind+`]}
`)
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	return launch(t, dir, append([]string{"run", "x.yaml", "-o", "out"}, args...)...)
}

// waitUntilReady waits until the contender has created the file ready.
func (l *liveRun) waitUntilReady(t *testing.T) {
	t.Helper()
	eventually(t, "the contender has started", func() bool {
		if stateOf(l.cmd.Process.Pid) == "Z" {
			t.Fatal("the run ended before the contender was ready")
		}
		_, err := os.Stat(filepath.Join(l.dir, "ready"))
		return err == nil
	})
}

// checkNoProcesses checks that no process of the run is left. Such a process has the
// directory in its environment or, if it cleared its environment, as working directory.
func (l *liveRun) checkNoProcesses(t *testing.T) {
	t.Helper()
	var left []string
	if !waitFor(testTimeout, func() bool {
		left = append(processesWith("WORK="+l.dir), processesIn(l.dir)...)
		return len(left) == 0
	}) {
		t.Errorf("processes of the run are left: %v", left)
	}
}

// processesIn lists the processes whose working directory is below dir. The directory may be
// removed already: proc_pid_cwd(5).
func processesIn(dir string) (list []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && strings.HasPrefix(cwd, dir+"/") {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "cmdline"))
			list = append(list, filepath.Base(filepath.Dir(link))+": "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return list
}

// process waits for a process of the run whose command line matches, and returns its pid.
// The command line of its parent must not match, because a forked child has the command line
// of its parent until it calls exec. The order of pids cannot tell them apart, because pids
// start again at small numbers.
func (l *liveRun) process(t *testing.T, line string) (pid int) {
	t.Helper()
	pattern := regexp.MustCompile(`^(\d+): .*` + line)
	eventually(t, "a process "+line, func() bool {
		var matching []int
		for _, p := range processesWith("WORK=" + l.dir) {
			if found := pattern.FindStringSubmatch(p); found != nil {
				n, _ := strconv.Atoi(found[1])
				matching = append(matching, n)
			}
		}
		for _, n := range matching {
			if parent, err := strconv.Atoi(statOf(n, 1)); err == nil && !slices.Contains(matching, parent) {
				pid = n
			}
		}
		return pid > 0
	})
	return pid
}

// Command lines of the processes of a run.
const (
	trialLine  = ` trial $`
	workerLine = ` worker $`
)

// TestNoOrphansAfterTimeout: at the timeout of a trial all processes of the contender end.
// The trial has the status timeout, not crashed.
func TestNoOrphansAfterTimeout(t *testing.T) {
	for _, kind := range hangs {
		t.Run(kind, func(t *testing.T) {
			if kind != "session" {
				skipIfShort(t)
			}
			t.Parallel()
			l := startHanging(t, kind, "--set", "trials.timeout=5s")
			l.exitsWith(t, exitFailures)
			l.checkNoProcesses(t)
			checkEmpty(t, filepath.Join(l.dir, "ws"))
			trial := l.journal(t).Trials[0]
			status, message := journal.Timeout, "killed at the timeout of 5s (trials.timeout)"
			if kind == "stopped" {
				status, message = journal.Failed, "a process of the trial was stopped, in each of 4 attempts"
			}
			if trial.Status != status || trial.Error != message {
				t.Errorf("%s: %s", trial.Status, trial.Error)
			}
			if kind != "stopped" && trial.Stderr != "last words\n" {
				t.Errorf("the recorded stderr is %q", trial.Stderr)
			}
		})
	}
}

// TestNoOrphansAfterSignal signals the run or the trial process. No process may be left.
func TestNoOrphansAfterSignal(t *testing.T) {
	ends := map[string]func(t *testing.T, l *liveRun){
		"run interrupted": func(t *testing.T, l *liveRun) {
			send(t, l.cmd.Process.Pid, syscall.SIGINT)
			l.exitsWith(t, 130)
			checkEmpty(t, filepath.Join(l.dir, "ws"))
		},
		"run killed": func(t *testing.T, l *liveRun) {
			send(t, l.cmd.Process.Pid, syscall.SIGKILL)
			l.exitsWith(t, -1) // the workspace remains
		},
		"trial terminated": func(t *testing.T, l *liveRun) {
			send(t, l.process(t, trialLine), syscall.SIGTERM)
			l.checkCrashed(t, "ended by signal: terminated", "last words\n")
		},
		"trial quit": func(t *testing.T, l *liveRun) {
			send(t, l.process(t, trialLine), syscall.SIGQUIT)
			l.checkCrashed(t, "the trial's process ended without a result: exit status 131: last words", "last words\n")
		},
		"trial killed": func(t *testing.T, l *liveRun) {
			send(t, l.process(t, trialLine), syscall.SIGKILL)
			// The stderr of a contender passes through the trial process. The part in its
			// buffer is lost.
			l.checkCrashed(t, "ended by signal: killed", "last words\n", "")
		},
		"trial stopped, and the run interrupted": func(t *testing.T, l *liveRun) {
			send(t, l.process(t, trialLine), syscall.SIGSTOP)
			send(t, l.cmd.Process.Pid, syscall.SIGINT)
			l.exitsWith(t, 130)
			checkEmpty(t, filepath.Join(l.dir, "ws"))
		},
	}
	for name, end := range ends {
		kinds := slices.Clone(hangs)
		if strings.HasPrefix(name, "run ") {
			kinds = append(kinds, "talks") // to a closed pipe after the run is killed
		}
		for _, kind := range kinds {
			if name == "trial killed" && kind == "cleared" {
				continue // neither parent nor environment identifies the process
			}
			if strings.HasPrefix(name, "trial ") && kind == "stopped" {
				continue // a stopped trial is repeated
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				if kind != "session" {
					skipIfShort(t)
				}
				t.Parallel()
				l := startHanging(t, kind)
				l.waitUntilReady(t)
				end(t, l)
				l.checkNoProcesses(t)
			})
		}
	}
}

// checkCrashed checks that the only trial of the run crashed with this error, and that its
// recorded stderr is one of these texts.
func (l *liveRun) checkCrashed(t *testing.T, text string, stderr ...string) {
	t.Helper()
	l.exitsWith(t, exitFailures)
	checkEmpty(t, filepath.Join(l.dir, "ws"))
	trial := l.journal(t).Trials[0]
	if trial.Status != journal.Crashed || trial.Error != text || !slices.Contains(stderr, trial.Stderr) {
		t.Errorf("%s: %s; stderr %q", trial.Status, trial.Error, trial.Stderr)
	}
}

func send(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// TestKillingStoppedRunLeavesNoProcess: a stopped run cannot clean up when it is killed. The
// kernel signals its trial to end.
func TestKillingStoppedRunLeavesNoProcess(t *testing.T) {
	t.Parallel()
	l := startHanging(t, "session")
	l.waitUntilReady(t)
	send(t, l.cmd.Process.Pid, syscall.SIGSTOP)
	send(t, l.cmd.Process.Pid, syscall.SIGKILL)
	l.exitsWith(t, -1)
	l.checkNoProcesses(t)
}

// experimentOnHold is an experiment whose trials last until a test has found their
// processes. The contenders slow and loud wait while the file hold exists. Worker processes
// wait for their tasks longer than a test needs to find them.
func experimentOnHold(grid string) string {
	workload := "{files: 3, lines: 2}"
	if strings.Contains(grid, "write") {
		workload = "{files: 16, content: tasks}"
	}
	return `
name: lasting
workload: ` + workload + `
` + grid + `
trials: {repeats: 2, warmup: 0, retries: 0, order: listed}
workspace: ws
commands:
  slow: {operation: copy, run: [sh, -c, 'while [ -e "$3/hold" ]; do sleep 0.05; done; cp "$1"/* "$2"', slow.sh, '{input}', '{output}', '{here}']}
  loud: {operation: copy, run: [sh, -c, 'while [ -e "$3/hold" ]; do sleep 0.05; done; head -c 300000 /dev/zero | tr "\0" x >&2; cp "$1"/* "$2"', loud.sh, '{input}', '{output}', '{here}']}
`
}

// Grids of trials that wait.
const (
	slow       = "grid: {operation: copy, strategy: slow}\nbaseline: {strategy: slow}"
	loud       = "grid: {operation: copy, strategy: loud}\nbaseline: {strategy: loud}"
	workers    = "grid: {operation: write, strategy: processes, workers: 2}\nbaseline: {strategy: processes}"
	background = "grid: {operation: write, strategy: background-process}\nbaseline: {strategy: background-process}"
)

// startOnHold starts a run whose contenders wait.
func startOnHold(t *testing.T, grid string, args ...string) *liveRun {
	t.Helper()
	dir := experimentDir(t, experimentOnHold(grid))
	writeFile(t, filepath.Join(dir, "hold"), "")
	return launch(t, dir, append([]string{"run", "x.yaml", "-o", "out"}, args...)...)
}

// release lets the contenders continue.
func (l *liveRun) release(t *testing.T) {
	t.Helper()
	if err := os.Remove(filepath.Join(l.dir, "hold")); err != nil {
		t.Fatal(err)
	}
}

// TestCrashes sends a signal to each kind of process of a trial. The trial is recorded as
// crashed with the name of the signal, and the run continues.
func TestCrashes(t *testing.T) {
	for _, target := range []struct{ name, line, grid string }{
		{"contender", `slow\.sh`, slow},
		{"trial", trialLine, slow},
		{"trial with workers", trialLine, workers},
		{"worker", workerLine, workers},
		{"worker of a background job", workerLine, background},
	} {
		for signal, text := range map[syscall.Signal]string{
			syscall.SIGKILL: `signal: killed`,
			syscall.SIGSEGV: `signal: segmentation fault|SIGSEGV: segmentation violation`,
		} {
			t.Run(target.name+" "+signal.String(), func(t *testing.T) {
				if signal != syscall.SIGKILL || target.grid == background || target.name == "contender" {
					skipIfShort(t)
				}
				t.Parallel()
				l := startOnHold(t, target.grid)
				if target.grid == slow {
					l.process(t, `slow\.sh`) // the trial has begun its work
				} else {
					l.process(t, workerLine)
				}
				send(t, l.process(t, target.line), signal)
				l.release(t)
				l.exitsWith(t, exitFailures)
				l.checkCleanedUp(t)
				log, crashed := l.journal(t), 0
				for _, trial := range log.Trials {
					switch {
					case trial.Status == journal.OK:
					case trial.Status != journal.Crashed || !regexp.MustCompile(text).MatchString(trial.Error):
						t.Errorf("trial %d: %s: %s", trial.Trial, trial.Status, trial.Error)
					default:
						crashed++
					}
				}
				if len(log.Trials) != 2 || crashed != 1 {
					t.Errorf("%d trials with %d crashes, want 2 trials with 1 crash", len(log.Trials), crashed)
				}
			})
		}
	}
}

// TestStoppedTrialsAreRepeated stops a process of the trial or the runner for some time. The
// trial is repeated, and the journal contains only the repetition, which succeeds.
func TestStoppedTrialsAreRepeated(t *testing.T) {
	const byRunner, byTrial, byChild = "iosweep was stopped and continued", "the trial's process was stopped and continued", "a process of the trial was stopped"
	for _, test := range []struct{ name, grid, line, why string }{
		{"contender", slow, `slow\.sh`, byChild},
		{"contender past the timeout", slow, `slow\.sh`, byChild},
		{"runner", slow, "", byRunner},
		{"runner past the timeout", loud, "", byRunner},
		{"trial", slow, trialLine, byTrial},
		{"trial with workers", workers, trialLine, byTrial},
		{"trial past the timeout", slow, trialLine, "the trial's process was stopped and not continued before its timeout"},
		{"worker", workers, workerLine, byChild},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.HasSuffix(test.name, "past the timeout") || test.grid == workers {
				skipIfShort(t)
			}
			t.Parallel()
			const timeout = 10 * time.Second
			past := strings.HasSuffix(test.name, "past the timeout")
			args := []string{}
			if past {
				args = []string{"--set", "trials.timeout=" + timeout.String()}
			}
			l := startOnHold(t, test.grid, args...)
			// Stopping a process before the work begins would not affect the trial.
			working := workerLine
			if test.grid != workers {
				working = `(slow|loud)\.sh`
			}
			l.process(t, working)
			pid := l.cmd.Process.Pid
			if test.line != "" {
				pid = l.process(t, test.line)
			}
			send(t, pid, syscall.SIGSTOP)
			eventually(t, "the process is stopped", func() bool { return stateOf(pid) == "T" })
			l.release(t)
			switch {
			case past && test.line != "":
				eventually(t, "the process is ended", func() bool { return stateOf(pid) != "T" })
			case past:
				time.Sleep(timeout)
			}
			_ = syscall.Kill(pid, syscall.SIGCONT) // fails if the process has ended
			l.exitsWith(t, exitGood)
			l.checkCleanedUp(t)
			log := l.journal(t)
			if len(log.Trials) != 2 {
				t.Errorf("%d trials in the journal, want 2", len(log.Trials))
			}
			for _, trial := range log.Trials {
				if trial.Attempt != 1 || trial.Status != journal.OK {
					t.Errorf("trial %d, attempt %d: %s: %s", trial.Trial, trial.Attempt, trial.Status, trial.Error)
				}
			}
			var repeated []string
			for _, n := range log.Notes {
				if n.Kind == journal.NoteRepeated {
					repeated = append(repeated, n.Text)
				}
			}
			if len(repeated) != 1 || !strings.HasSuffix(repeated[0], ", is repeated: "+test.why) {
				t.Errorf("repeated: %q", repeated)
			}
		})
	}
}

// stateOf returns the state letter of a process, or "" if there is no such process.
func stateOf(pid int) string { return statOf(pid, 0) }

// statOf returns a field of /proc/PID/stat, or "" if there is no such process. Field 0
// follows the process name: proc_pid_stat(5).
func statOf(pid, field int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return fields[field]
}

// TestSecondSignalEndsProgram: a second signal ends the program at once. The journal is
// complete, no process is left, and a resume removes the workspace.
func TestSecondSignalEndsProgram(t *testing.T) {
	for name, signals := range map[string][]syscall.Signal{
		"interrupted twice":           {syscall.SIGINT, syscall.SIGINT},
		"interrupted, and terminated": {syscall.SIGINT, syscall.SIGTERM},
		"quit twice":                  {syscall.SIGQUIT, syscall.SIGQUIT},
	} {
		t.Run(name, func(t *testing.T) {
			skipIfShort(t)
			t.Parallel()
			l, last := signalledTwice(t, signals)
			if text := strings.Join(last, "\n"); !strings.Contains(text, "ended at once by a second signal ("+signals[1].String()+")") {
				t.Errorf("unexpected output:\n%s", text)
			}
			l.checkNoProcesses(t)
			if log := l.journal(t); len(log.Trials) == 0 {
				t.Error("the journal has no trial")
			}
			launch(t, l.dir, "resume", "out").exitsWith(t, exitGood)
			l.checkCleanedUp(t)
		})
	}
}

// signalledTwice starts a run and sends two signals, the second while the run removes its
// workspace. If the run removes the files before the second signal, the attempt tests
// nothing, and the next attempt uses more files.
func signalledTwice(t *testing.T, signals []syscall.Signal) (l *liveRun, last []string) {
	t.Helper()
	for files := 8000; files < 200_000; files *= 2 {
		l = startRun(t, endless, "--set", fmt.Sprintf("workload.files=%d", files), "--set", "workload.lines=1", "--set", "grid.strategy=sequential",
			"--set", "grid.workers=1", "--set", "trials.repeats=2")
		l.waitForLine(t, "[1/2]")
		send(t, l.cmd.Process.Pid, signals[0])
		// Two pending signals may be delivered in any order.
		eventually(t, "the first signal is delivered", func() bool { return !pending(l.cmd.Process.Pid) })
		// Signals shortly after the first one do not count, so the test repeats the second one.
		eventually(t, "the run ends", func() bool {
			_ = l.cmd.Process.Signal(signals[1])
			return stateOf(l.cmd.Process.Pid) == "Z"
		})
		if left, _ := os.ReadDir(filepath.Join(l.dir, "ws")); len(left) == 1 {
			return l, l.exitsWith(t, 128+int(signals[1]))
		}
		l.exitsWith(t, 128+int(signals[0]))
	}
	t.Fatal("the workspace was always removed before the second signal")
	return nil, nil
}

// pending reports whether a process has a pending signal: proc_pid_status(5).
func pending(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && !regexp.MustCompile(`(?m)^ShdPnd:\s0+$`).Match(status)
}

// TestRepeatedHangUpsAreIgnored: a closing terminal sends SIGHUP twice, which does not count as
// a second signal.
func TestRepeatedHangUpsAreIgnored(t *testing.T) {
	t.Parallel()
	l := startHanging(t, "session")
	l.waitUntilReady(t)
	for range 5 {
		_ = l.cmd.Process.Signal(syscall.SIGHUP)
		time.Sleep(time.Millisecond)
	}
	if text := strings.Join(l.exitsWith(t, 129), "\n"); !strings.Contains(text, "interrupted: ") {
		t.Errorf("unexpected output:\n%s", text)
	}
	l.checkNoProcesses(t)
	checkEmpty(t, filepath.Join(l.dir, "ws"))
}

// TestOutOfMemory runs a contender in a control group with little memory, so that the kernel
// kills it. The test needs the memory controller of version 1, or of version 2 if it is
// enabled for children, and the right to make a group.
func TestOutOfMemory(t *testing.T) {
	skipIfShort(t)
	group, limit := "/sys/fs/cgroup/memory/iosweep-test", "memory.limit_in_bytes"
	if _, err := os.Stat("/sys/fs/cgroup/memory"); err != nil {
		group, limit = "/sys/fs/cgroup/iosweep-test", "memory.max"
	}
	group += strconv.Itoa(os.Getpid())
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skipf("no control group can be made: %v", err)
	}
	t.Cleanup(func() {
		if err := os.Remove(group); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(filepath.Join(group, limit), []byte("150000000"), 0); err != nil {
		t.Skipf("its memory cannot be limited: %v", err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: hungry
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [sequential, hungry]}
trials: {repeats: 1, warmup: 0, retries: 0}
workspace: .
commands:
  hungry: {operation: copy, run: [dd, if=/dev/zero, of=/dev/null, bs=1G, count=1]}
`)
	cmd := exec.Command("sh", "-c", `echo $$ >"$0/cgroup.procs" && exec iosweep run x.yaml -o out`, group)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir)
	output, err := cmd.CombinedOutput()
	if code := exitCodeOf(err); code != exitFailures {
		t.Fatalf("exit code %d:\n%s", code, output)
	}
	if left := waitForNone(dir); len(left) > 0 {
		t.Errorf("processes of the run are left: %v", left)
	}
	log, err := journal.ReadDir(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range log.Trials {
		if !strings.HasSuffix(trial.Name, "hungry") {
			continue
		}
		if trial.Status != journal.Crashed || !strings.Contains(trial.Error, "signal: killed, and the kernel's out-of-memory killer was at work: it killed 1 in this control group") {
			t.Errorf("%s: %s", trial.Status, trial.Error)
		}
	}
}
