//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iosweep/journal"
)

var soak = flag.Duration("soak", 0, "kill runs for this long (make soak)")

// kills is the number of kills without -soak.
const kills = 500

// restless contains everything that a kill could leave behind: worker processes, consumed
// inputs, a contender with a child process, and a contender with a process in a new session.
const restless = `
name: restless
workload: {files: 12, lines: 4}
grid:
  - {operation: [write, copy, move], strategy: [sequential, threads, processes], workers: 2}
  - {operation: copy, strategy: [child, session]}
trials: {repeats: 5, warmup: 1}
workspace: ws
commands:
  child: {operation: copy, run: [sh, -c, 'sleep 0.02 & wait; cp -r "$1/." "$2"', sh, '{input}', '{output}']}
  session: {operation: copy, run: [sh, -c, 'setsid sleep 60 & cp -r "$1/." "$2"; sleep 0.02; kill $!', sh, '{input}', '{output}']}
`

// hostile has contenders that leave mounts, or start processes without environment and
// session. Others replace their directory by a link to user files, forge a marker, or exit
// before their work is done. Their trials may have any status.
const hostile = `
name: hostile
workload: {files: 12, lines: 4}
grid:
  - {operation: [write, copy, move], strategy: [sequential, threads, processes], workers: 2}
  - {operation: copy, strategy: [mounts, daemon, swaps, forges, disappears]}
trials: {repeats: 5, warmup: 1, quarantine: never}
workspace: ws
commands:
  mounts: {operation: copy, run: [sh, -c, 'cp -r "$1/." "$2"; mkdir "$2/m" && mount --bind "$3/photos" "$2/m"; sleep 0.02; umount "$2/m"; rmdir "$2/m"', sh, '{input}', '{output}', '{here}']}
  daemon: {operation: copy, run: [sh, -c, 'env -i setsid sh -c "cd /; while :; do sleep 1; done" "$3" </dev/null >/dev/null 2>&1 & cp -r "$1/." "$2"; sleep 0.02', sh, '{input}', '{output}', '{here}']}
  swaps: {operation: copy, run: [sh, -c, 'd=$(dirname "$2"); rmdir "$2" && ln -s "$3/photos" "$2"; mv "$d/../../manifests" "$d/m"; ln -s "$3" "$d/up"', sh, '{input}', '{output}', '{here}']}
  forges: {operation: copy, run: [sh, -c, 'mkdir "$2/.iosweep-x"; echo x >"$2/.iosweep-x/.iosweep-workspace"; ln -s "$3/thesis.txt" "$2/../lock"; ln "$3/thesis.txt" "$2/linked"', sh, '{input}', '{output}', '{here}']}
  disappears: {operation: copy, run: [sh, -c, '(sleep 0.05; cp -r "$1/." "$2") & exit 0', sh, '{input}', '{output}']}
`

// hostileCell matches the cells of contenders whose trials may fail.
var hostileCell = regexp.MustCompile(`strategy=(mounts|daemon|swaps|forges|disappears)`)

// TestKilledAtAnyMoment kills runs with SIGKILL at random moments, and resumes and kills them
// again until they are complete. Then it starts new runs. After every kill, all reported
// trials must be in the journal. At the end, the journal must have the records of an
// uninterrupted run in the same order. No process and no run directory may be left, and the
// user files must be unchanged.
func TestKilledAtAnyMoment(t *testing.T) {
	skipIfShort(t)
	program := build(t)
	total := &totals{began: time.Now()}
	t.Run("runs", func(t *testing.T) {
		for worker, experiment := range []string{restless, hostile} {
			reference := uninterrupted(t, experiment)
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(worker)))
				for !t.Failed() && !total.enough() {
					newKilledRun(t, random, total, program, experiment, reference).runToEnd(t)
				}
			})
		}
	})
	t.Log(total)
}

// A totals counts the events of all runs. lost, doubled, orphans, workspaces and changed
// must be 0.
type totals struct {
	began time.Time

	mu                                          sync.Mutex
	kills, runs, trials, torn                   int
	lost, doubled, orphans, workspaces, changed int
}

func (n *totals) enough() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if *soak > 0 {
		return time.Since(n.began) > *soak
	}
	return n.kills >= kills
}

func (n *totals) add(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

func (n *totals) String() string {
	return fmt.Sprintf("%v: %d kills in %d complete runs with %d trials; torn lines cut off %d; records lost %d, records doubled %d, orphans %d, workspaces left %d, user files changed %d",
		time.Since(n.began).Round(time.Second), n.kills, n.runs, n.trials, n.torn, n.lost, n.doubled, n.orphans, n.workspaces, n.changed)
}

// A killedRun is one run that is killed and resumed until it is complete.
type killedRun struct {
	root      string
	before    tree
	random    *rand.Rand
	total     *totals
	binary    string
	reference *journal.Log    // of an uninterrupted run
	reported  map[string]bool // trials that were reported, as "warmup 1 NAME"
	good      int             // the final exit code
	// maybeRunning is set while processes of a trial may run: the trial process was killed with
	// the runner, and no resume has begun a trial since.
	maybeRunning bool
	// mounted is set if a killed contender left a mount.
	mounted bool
	early   int // consecutive sessions that were killed while starting
}

func newKilledRun(t *testing.T, random *rand.Rand, total *totals, program, experiment string, reference *journal.Log) *killedRun {
	root := makeUserFiles(t)
	t.Cleanup(func() { unmountAll(root) })
	writeFile(t, filepath.Join(root, "x.yaml"), experiment)
	return &killedRun{root: root, before: mustReadTree(t, root), random: random, total: total, binary: program, good: finalCode(experiment), reference: reference, reported: map[string]bool{}}
}

// build builds the program as users run it. The test binary may contain the race detector,
// which makes it slow to start.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "iosweep")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return path
}

// uninterrupted runs the experiment without a kill and returns the journal.
func uninterrupted(t *testing.T, experiment string) *journal.Log {
	n := newKilledRun(t, rand.New(rand.NewPCG(1, 1)), &totals{}, "", experiment, nil)
	launch(t, n.root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws").exitsWith(t, finalCode(experiment))
	checkUserFiles(t, n.root, n.before)
	return n.log(t)
}

// finalCode returns the exit code of a complete run. Hostile contenders fail.
func finalCode(experiment string) int {
	if experiment == hostile {
		return exitFailures
	}
	return exitGood
}

// runToEnd kills and resumes the run until it is complete.
func (n *killedRun) runToEnd(t *testing.T) {
	args := []string{"run", "x.yaml", "--progress", "trials", "-o", "results/new", "--workspace", "ws"}
	for !t.Failed() {
		if n.session(t, args) {
			break
		}
		log := n.log(t)
		if log == nil {
			continue // killed before the journal had its first line, so the run starts again
		}
		n.checkNothingLost(t, log)
		args = []string{"resume", "results/new", "--progress", "trials"}
	}
	if t.Failed() {
		return
	}
	log := n.log(t)
	n.checkNothingLost(t, log)
	n.checkSameRecords(t, log)
	// A run directory with a mount in it is not removed.
	left, err := filepath.Glob(filepath.Join(n.root, "ws", ".iosweep-"+log.Run.ID+"*"))
	if err != nil {
		t.Error(err)
	}
	if len(left) > 0 && !n.mounted {
		t.Errorf("run directories are left: %v", left)
		n.total.add(func() { n.total.workspaces += len(left) })
	}
	unmountAll(n.root)
	if n.mounted {
		for _, dir := range left {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		}
	}
	changed := differences(n.before, mustReadTree(t, n.root))
	if len(changed) > 0 {
		t.Errorf("user files have changed: %q", changed)
	}
	n.total.add(func() {
		n.total.runs++
		n.total.trials += len(log.Trials)
		n.total.changed += len(changed)
	})
}

var endedLine = regexp.MustCompile(`^\[\d+/\d+\] (\w+ \d+)  (\S+)  `)

// session runs a command and kills it at a random moment. It reports whether the command
// ended before the kill.
func (n *killedRun) session(t *testing.T, args []string) (done bool) {
	cmd := exec.Command(n.binary, args...)
	cmd.Dir = n.root
	cmd.Env = append(os.Environ(), "WORK="+n.root)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var rest bytes.Buffer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	after, wait := n.moment()
	everything := *soak > 0 && n.random.IntN(4) == 0
	kill := time.AfterFunc(time.Hour, func() {
		if everything {
			killAll(n.root) // as killall -9 iosweep does
		}
		_ = cmd.Process.Kill()
	})
	defer kill.Stop()
	if after == 0 {
		kill.Reset(wait)
	}
	began := false
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		began = began || strings.HasPrefix(lines.Text(), "resumed ") || endedLine.MatchString(lines.Text())
		rest.WriteString(lines.Text() + "\n")
		if found := endedLine.FindStringSubmatch(lines.Text()); found != nil {
			n.reported[found[1]+" "+found[2]] = true
			if after--; after == 0 {
				kill.Reset(wait)
			}
		}
	}
	err = cmd.Wait()
	// If the trial process was killed together with the runner, its children may run until a
	// resume begins a trial.
	killed := exitCodeOf(err) == -1
	n.maybeRunning = killed && everything || n.maybeRunning && killed && !began
	if !n.maybeRunning {
		if left := append(waitForNone(n.root), waitForNoneNaming(n.root)...); len(left) > 0 {
			t.Errorf("processes are left: %v", left)
			n.total.add(func() { n.total.orphans += len(left) })
		}
	}
	// A killed contender may not have unmounted. Half of the time the mount stays, so that
	// resume has to handle it.
	if n.random.IntN(2) == 0 {
		unmountAll(n.root)
	}
	n.mounted = n.mounted || len(mountsBelow(n.root)) > 0
	switch code := exitCodeOf(err); code {
	case n.good:
		return true
	case -1:
		n.total.add(func() { n.total.kills++ })
	default:
		t.Errorf("%v: exit code %d:\n%s", args, code, &rest)
	}
	return false
}

// differences lists the paths that differ between two trees, outside the results of the run.
func differences(before, after tree) (paths []string) {
	for path := range after {
		if _, known := before[path]; !known && path != "results/new" && !strings.HasPrefix(path, "results/new/") {
			paths = append(paths, path)
		}
	}
	for path, was := range before {
		if after[path] != was {
			paths = append(paths, path)
		}
	}
	return paths
}

// killAll kills the iosweep processes that have dir in their environment.
func killAll(dir string) {
	for _, p := range processesWith("WORK=" + dir) {
		pid, line, _ := strings.Cut(p, ": ")
		if n, err := strconv.Atoi(pid); err == nil && regexp.MustCompile(`^\S*iosweep `).MatchString(line) {
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	}
}

// waitForNoneNaming waits until no process has dir in its command line. It finds processes
// that cleared their environment. It returns the processes that are left.
func waitForNoneNaming(dir string) (left []string) {
	waitFor(testTimeout, func() bool {
		left = nil
		lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range lines {
			line, _ := os.ReadFile(path)
			if strings.Contains(string(line), dir) {
				left = append(left, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
		return len(left) == 0
	})
	return left
}

// moment chooses when to kill: wait after the report of a number of trials. That can be
// during a trial, between two trials, or while the program ends. after is 0 to kill while the
// program starts. It does so at most twice in a row, because otherwise a run on a slow machine
// would never end.
func (n *killedRun) moment() (after int, wait time.Duration) {
	if n.early++; n.early <= 2 && n.random.IntN(2) == 0 {
		return 0, time.Duration(n.random.Int64N(int64(60 * time.Millisecond)))
	}
	n.early = 0
	return 1 + n.random.IntN(8), time.Duration(n.random.Int64N(int64(30 * time.Millisecond)))
}

// log returns the journal of the run, or nil if the run has not begun.
func (n *killedRun) log(t *testing.T) *journal.Log {
	log, err := journal.ReadDir(filepath.Join(n.root, "results", "new"))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, journal.ErrNoRun) {
		if len(n.reported) > 0 {
			t.Fatalf("%d trials were reported, but there is no journal: %v", len(n.reported), err)
		}
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if log.Torn > 0 {
		n.total.add(func() { n.total.torn++ })
	}
	return log
}

func nameOf(trial journal.Trial) string {
	return fmt.Sprintf("%s %d %s", trial.Phase, trial.Round, trial.Name)
}

// checkNothingLost checks that each reported trial is in the journal exactly once.
func (n *killedRun) checkNothingLost(t *testing.T, log *journal.Log) {
	recorded := map[string]bool{}
	for _, trial := range log.Trials {
		name := nameOf(trial)
		if recorded[name] {
			t.Errorf("twice in the journal: %s", name)
			n.total.add(func() { n.total.doubled++ })
		}
		if recorded[name] = true; trial.Status != journal.OK && !hostileCell.MatchString(trial.Name) {
			t.Errorf("%s: %s: %s", name, trial.Status, trial.Error)
		}
	}
	for name := range n.reported {
		if !recorded[name] {
			t.Errorf("reported, but not in the journal: %s", name)
			n.total.add(func() { n.total.lost++ })
		}
	}
}

// checkSameRecords compares the records with the records of an uninterrupted run.
func (n *killedRun) checkSameRecords(t *testing.T, log *journal.Log) {
	if log.Run.PlanHash != n.reference.Run.PlanHash {
		t.Errorf("the plan hash is %s, want %s", log.Run.PlanHash, n.reference.Run.PlanHash)
	}
	if diff := cmp.Diff(namesOf(n.reference), namesOf(log)); diff != "" {
		t.Errorf("records (-uninterrupted +killed and resumed):\n%s", diff)
	}
	for i, trial := range log.Trials {
		if trial.Trial != i+1 {
			t.Errorf("record %d is numbered %d", i+1, trial.Trial)
		}
	}
}

func namesOf(log *journal.Log) (names []string) {
	for _, trial := range log.Trials {
		names = append(names, nameOf(trial))
	}
	return names
}
