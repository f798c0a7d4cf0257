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

// hang.sh is a contender that does not end. By its argument it does so in the ways
// that make a process hard to get rid of.
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

// hanging starts a run whose one contender hangs in a certain way.
func hanging(t *testing.T, kind string, args ...string) *live {
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

// hung waits until the contender hangs.
func (l *live) hung(t *testing.T) {
	t.Helper()
	eventually(t, "the contender has started", func() bool {
		if stateOf(l.cmd.Process.Pid) == "Z" {
			t.Fatal("the run has ended before")
		}
		_, err := os.Stat(filepath.Join(l.dir, "ready"))
		return err == nil
	})
}

// noneLeft fails the test if a process of the run is left: one that has its
// directory in the environment, or, where the environment was cleared, is in it.
func (l *live) noneLeft(t *testing.T) {
	t.Helper()
	var left []string
	if !within(patience, func() bool {
		left = append(processesWith("WORK="+l.dir), processesIn(l.dir)...)
		return len(left) == 0
	}) {
		t.Errorf("processes of the run are left: %v", left)
	}
}

// processesIn lists the processes whose working directory is below dir. It may be
// removed by now: proc_pid_cwd(5).
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

// process is the pid of a process of the run whose command line matches, and whose
// parent's does not: what a process starts has its line until it is another program.
// Which is older, their numbers do not tell: they begin anew.
func (l *live) process(t *testing.T, line string) (pid int) {
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

// TestNoOrphansAtTheTimeout: whatever a contender has started, and wherever it went,
// is gone with its trial, which is a timeout and no crash.
func TestNoOrphansAtTheTimeout(t *testing.T) {
	for _, kind := range hangs {
		t.Run(kind, func(t *testing.T) {
			if kind != "session" {
				long(t)
			}
			t.Parallel()
			l := hanging(t, kind, "--set", "trials.timeout=5s")
			l.ends(t, exitFailures)
			l.noneLeft(t)
			empty(t, filepath.Join(l.dir, "ws"))
			trial := l.journal(t).Trials[0]
			status, says := journal.Timeout, "killed at the timeout of 5s (trials.timeout)"
			if kind == "stopped" {
				status, says = journal.Failed, "a process of the trial was stopped, in each of 4 attempts"
			}
			if trial.Status != status || trial.Error != says {
				t.Errorf("%s: %s", trial.Status, trial.Error)
			}
			if kind != "stopped" && trial.Stderr != "last words\n" {
				t.Errorf("of what it said there is %q", trial.Stderr)
			}
		})
	}
}

// TestNoOrphansAtAnEnd: the run is told to end, or is killed, or the process of the
// trial is.
func TestNoOrphansAtAnEnd(t *testing.T) {
	ends := map[string]func(t *testing.T, l *live){
		"run interrupted": func(t *testing.T, l *live) {
			send(t, l.cmd.Process.Pid, syscall.SIGINT)
			l.ends(t, 130)
			empty(t, filepath.Join(l.dir, "ws"))
		},
		"run killed": func(t *testing.T, l *live) {
			send(t, l.cmd.Process.Pid, syscall.SIGKILL)
			l.ends(t, -1) // and nobody is left to remove the workspace
		},
		"trial terminated": func(t *testing.T, l *live) {
			send(t, l.process(t, trialLine), syscall.SIGTERM)
			l.crashed(t, "ended by signal: terminated", "last words\n")
		},
		"trial quit": func(t *testing.T, l *live) {
			send(t, l.process(t, trialLine), syscall.SIGQUIT)
			l.crashed(t, "the trial's process ended without a result: exit status 131: last words", "last words\n")
		},
		"trial killed": func(t *testing.T, l *live) {
			send(t, l.process(t, trialLine), syscall.SIGKILL)
			// What a contender says goes through the trial's process, and what that had
			// in hand is lost with it.
			l.crashed(t, "ended by signal: killed", "last words\n", "")
		},
		"trial stopped, and the run interrupted": func(t *testing.T, l *live) {
			send(t, l.process(t, trialLine), syscall.SIGSTOP)
			send(t, l.cmd.Process.Pid, syscall.SIGINT)
			l.ends(t, 130)
			empty(t, filepath.Join(l.dir, "ws"))
		},
	}
	for name, end := range ends {
		kinds := slices.Clone(hangs)
		if strings.HasPrefix(name, "run ") {
			kinds = append(kinds, "talks") // to nobody, once the run is killed
		}
		for _, kind := range kinds {
			if name == "trial killed" && kind == "cleared" {
				continue // neither its parent nor its environment says whose it is
			}
			if strings.HasPrefix(name, "trial ") && kind == "stopped" {
				continue // it has been stopped, so it is done again
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				if kind != "session" {
					long(t)
				}
				t.Parallel()
				l := hanging(t, kind)
				l.hung(t)
				end(t, l)
				l.noneLeft(t)
			})
		}
	}
}

// crashed expects the run's one trial to be a crash, after which one of these texts is
// left of what the contender said.
func (l *live) crashed(t *testing.T, text string, said ...string) {
	t.Helper()
	l.ends(t, exitFailures)
	empty(t, filepath.Join(l.dir, "ws"))
	trial := l.journal(t).Trials[0]
	if trial.Status != journal.Crashed || trial.Error != text || !slices.Contains(said, trial.Stderr) {
		t.Errorf("%s: %s; it said %q", trial.Status, trial.Error, trial.Stderr)
	}
}

func send(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// TestAStoppedRunIsKilled: a run that is stopped does nothing any more, not even when
// it is killed; the kernel asks the trial to end.
func TestAStoppedRunIsKilled(t *testing.T) {
	t.Parallel()
	l := hanging(t, "session")
	l.hung(t)
	send(t, l.cmd.Process.Pid, syscall.SIGSTOP)
	send(t, l.cmd.Process.Pid, syscall.SIGKILL)
	l.ends(t, -1)
	l.noneLeft(t)
}

// lasting is an experiment whose trials last until they have been met: those of the
// contenders slow and loud are on hold while there is a file of that name, and worker
// processes wait for their tasks longer than it takes to find them.
func lasting(grid string) string {
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

// Grids of trials that last.
const (
	slow       = "grid: {operation: copy, strategy: slow}\nbaseline: {strategy: slow}"
	loud       = "grid: {operation: copy, strategy: loud}\nbaseline: {strategy: loud}"
	workers    = "grid: {operation: write, strategy: processes, workers: 2}\nbaseline: {strategy: processes}"
	background = "grid: {operation: write, strategy: background-process}\nbaseline: {strategy: background-process}"
)

// held starts a run of lasting trials, with the contenders on hold.
func held(t *testing.T, grid string, args ...string) *live {
	t.Helper()
	dir := place(t, lasting(grid))
	writeFile(t, filepath.Join(dir, "hold"), "")
	return launch(t, dir, append([]string{"run", "x.yaml", "-o", "out"}, args...)...)
}

// release lets the contender go on.
func (l *live) release(t *testing.T) {
	t.Helper()
	if err := os.Remove(filepath.Join(l.dir, "hold")); err != nil {
		t.Fatal(err)
	}
}

// TestCrashes: a signal to any process of a trial costs that trial, which is recorded
// as crashed with the name of the signal, and the run goes on.
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
					long(t)
				}
				t.Parallel()
				l := held(t, target.grid)
				if target.grid == slow {
					l.process(t, `slow\.sh`) // the trial has begun its work
				} else {
					l.process(t, workerLine)
				}
				send(t, l.process(t, target.line), signal)
				l.release(t)
				l.ends(t, exitFailures)
				l.leavesNothing(t)
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
					t.Errorf("of %d trials %d crashed; expected 2, and one crash", len(log.Trials), crashed)
				}
			})
		}
	}
}

// TestStoppedTrialsAreDoneAgain: a process of the trial is stopped for a while, or the
// runner is. The trial has no record but the one of its repetition, which is good.
func TestStoppedTrialsAreDoneAgain(t *testing.T) {
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
				long(t)
			}
			t.Parallel()
			const timeout = 10 * time.Second
			past := strings.HasSuffix(test.name, "past the timeout")
			args := []string{}
			if past {
				args = []string{"--set", "trials.timeout=" + timeout.String()}
			}
			l := held(t, test.grid, args...)
			// A process that is stopped before the work begins does no harm.
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
			eventually(t, "it stops", func() bool { return stateOf(pid) == "T" })
			l.release(t)
			switch {
			case past && test.line != "":
				eventually(t, "it is ended", func() bool { return stateOf(pid) != "T" })
			case past:
				time.Sleep(timeout)
			}
			_ = syscall.Kill(pid, syscall.SIGCONT) // unless it has been ended
			l.ends(t, exitGood)
			l.leavesNothing(t)
			log := l.journal(t)
			if len(log.Trials) != 2 {
				t.Errorf("%d trials in the journal, expected 2", len(log.Trials))
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
			if len(repeated) != 1 || !strings.HasSuffix(repeated[0], ", is done again: "+test.why) {
				t.Errorf("repeated: %q", repeated)
			}
		})
	}
}

// stateOf is a process's state as a letter, "" if there is none.
func stateOf(pid int) string { return statOf(pid, 0) }

// statOf is a field of a process's state behind its name, from 0, "" if there is none:
// proc_pid_stat(5).
func statOf(pid, field int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return fields[field]
}

// TestASecondSignal ends the program at once: the journal is whole, no process is
// left, and a resume removes the workspace.
func TestASecondSignal(t *testing.T) {
	for name, signals := range map[string][]syscall.Signal{
		"interrupted twice":           {syscall.SIGINT, syscall.SIGINT},
		"interrupted, and terminated": {syscall.SIGINT, syscall.SIGTERM},
		"quit twice":                  {syscall.SIGQUIT, syscall.SIGQUIT},
	} {
		t.Run(name, func(t *testing.T) {
			long(t)
			t.Parallel()
			l, last := endedTwice(t, signals)
			if text := strings.Join(last, "\n"); !strings.Contains(text, "ended at once by a second signal ("+signals[1].String()+")") {
				t.Errorf("last words:\n%s", text)
			}
			l.noneLeft(t)
			if log := l.journal(t); len(log.Trials) == 0 {
				t.Error("nothing was kept")
			}
			launch(t, l.dir, "resume", "out").ends(t, exitGood)
			l.leavesNothing(t)
		})
	}
}

// endedTwice is a run that got two signals, the second while it removed its workspace.
// Thousands of files take a while to remove; on a busy machine the test may take longer
// to come to the second, and then it has tested nothing, and there are more the next time.
func endedTwice(t *testing.T, signals []syscall.Signal) (l *live, last []string) {
	t.Helper()
	for files := 8000; files < 200_000; files *= 2 {
		l = start(t, endless, "--set", fmt.Sprintf("workload.files=%d", files), "--set", "workload.lines=1", "--set", "grid.strategy=sequential",
			"--set", "grid.workers=1", "--set", "trials.repeats=2")
		l.await(t, "[1/2]")
		send(t, l.cmd.Process.Pid, signals[0])
		// Of two that wait together, either may be delivered first.
		eventually(t, "the first is delivered", func() bool { return !pending(l.cmd.Process.Pid) })
		// Signals that come together count as one, so one insists.
		eventually(t, "it ends", func() bool {
			_ = l.cmd.Process.Signal(signals[1])
			return stateOf(l.cmd.Process.Pid) == "Z"
		})
		if left, _ := os.ReadDir(filepath.Join(l.dir, "ws")); len(left) == 1 {
			return l, l.ends(t, 128+int(signals[1]))
		}
		l.ends(t, 128+int(signals[0]))
	}
	t.Fatal("the workspace was removed before the second signal, which tests nothing")
	return nil, nil
}

// pending reports whether a signal waits for a process: proc_pid_status(5).
func pending(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && !regexp.MustCompile(`(?m)^ShdPnd:\s0+$`).Match(status)
}

// TestHangUpsAreNotCounted: a terminal says it twice, and that is no second signal.
func TestHangUpsAreNotCounted(t *testing.T) {
	t.Parallel()
	l := hanging(t, "session")
	l.hung(t)
	for range 5 {
		_ = l.cmd.Process.Signal(syscall.SIGHUP)
		time.Sleep(time.Millisecond)
	}
	if text := strings.Join(l.ends(t, 129), "\n"); !strings.Contains(text, "interrupted: ") {
		t.Errorf("last words:\n%s", text)
	}
	l.noneLeft(t)
	empty(t, filepath.Join(l.dir, "ws"))
}

// TestOutOfMemory lets the kernel kill a contender, within a control group that has
// little memory. It takes the controller of version 1, or of version 2 with the
// controller handed down, and the right to make a group.
func TestOutOfMemory(t *testing.T) {
	long(t)
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
	said, err := cmd.CombinedOutput()
	if code := exitCodeOf(err); code != exitFailures {
		t.Fatalf("exit code %d:\n%s", code, said)
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
