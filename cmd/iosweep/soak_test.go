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

var soak = flag.Duration("soak", 0, "kill runs for so long (make soak)")

// kills is how many a test has without -soak.
const kills = 500

// restless has all that a kill could leave behind: worker processes, inputs that
// are used up, a contender with a child, and one with a process in a session of
// its own.
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

// hostile has contenders that do their worst on the way: they leave something mounted,
// start processes that leave everything behind that they could be known by, swap
// their directory for a link to somebody's, forge a marker, and are gone before their
// work is. Their trials may end as they will.
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

// TestKilledAtAnyMoment kills runs with SIGKILL at random moments, resumes them
// and kills them again, until they come to their end; and then begins anew. What a
// run said that it had recorded is in its journal after every kill; in the end the
// journal holds what an uninterrupted run would have written, in the same order;
// no process and no workspace is left, and somebody's files are as they were.
func TestKilledAtAnyMoment(t *testing.T) {
	long(t)
	program := build(t)
	total := &tally{began: time.Now()}
	t.Run("nights", func(t *testing.T) {
		for worker, experiment := range []string{restless, hostile} {
			calm := uninterrupted(t, experiment)
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(worker)))
				for !t.Failed() && !total.enough() {
					newNight(t, random, total, program, experiment, calm).through(t)
				}
			})
		}
	})
	t.Log(total)
}

// A tally is what all nights come to. The last four have to be 0.
type tally struct {
	began time.Time

	mu                                          sync.Mutex
	kills, nights, trials, torn                 int
	lost, doubled, orphans, workspaces, changed int
}

func (n *tally) enough() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if *soak > 0 {
		return time.Since(n.began) > *soak
	}
	return n.kills >= kills
}

func (n *tally) add(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

func (n *tally) String() string {
	return fmt.Sprintf("%v: %d kills in %d runs that came to their end, with %d trials; torn lines cut off %d; records lost %d, records doubled %d, orphans %d, workspaces left %d, files of others changed %d",
		time.Since(n.began).Round(time.Second), n.kills, n.nights, n.trials, n.torn, n.lost, n.doubled, n.orphans, n.workspaces, n.changed)
}

// A night is one run, however many processes it takes.
type night struct {
	root   string
	before tree
	random *rand.Rand
	total  *tally
	binary string
	calm   *journal.Log    // of a run that nobody killed
	said   map[string]bool // trials that were reported, as "warmup 1 NAME"
	good   int             // the exit code of its end
	// unended: a trial's process was killed with the runner, and not resumed since.
	unended bool
	// mounted: a contender that was killed has left something mounted.
	mounted bool
	early   int // sessions in a row that were killed while they began
}

func newNight(t *testing.T, random *rand.Rand, total *tally, program, experiment string, calm *journal.Log) *night {
	root := somebodys(t)
	t.Cleanup(func() { unmountAll(root) })
	writeFile(t, filepath.Join(root, "x.yaml"), experiment)
	return &night{root: root, before: mustReadTree(t, root), random: random, total: total, binary: program, good: codeOfNight(experiment), calm: calm, said: map[string]bool{}}
}

// build is the program as people have it: the one of the tests may have the race
// detector in it, and be slow to start.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "iosweep")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return path
}

// uninterrupted is the journal of a run that nobody kills.
func uninterrupted(t *testing.T, experiment string) *journal.Log {
	n := newNight(t, rand.New(rand.NewPCG(1, 1)), &tally{}, "", experiment, nil)
	launch(t, n.root, "run", "x.yaml", "-o", "results/new", "--workspace", "ws").ends(t, codeOfNight(experiment))
	untouched(t, n.root, n.before)
	return n.log(t)
}

// codeOfNight is the exit code of a night's end: contenders that are hostile fail.
func codeOfNight(experiment string) int {
	if experiment == hostile {
		return exitFailures
	}
	return exitGood
}

// through takes the night to its end.
func (n *night) through(t *testing.T) {
	args := []string{"run", "x.yaml", "-o", "results/new", "--workspace", "ws"}
	for !t.Failed() {
		if n.session(t, args) {
			break
		}
		log := n.log(t)
		if log == nil {
			continue // killed before the journal had its first line: it is begun again
		}
		n.nothingLost(t, log)
		args = []string{"resume", "results/new"}
	}
	if t.Failed() {
		return
	}
	log := n.log(t)
	n.nothingLost(t, log)
	n.asUninterrupted(t, log)
	// A directory in which something is mounted stays, and is named.
	if left, _ := filepath.Glob(filepath.Join(n.root, "ws", ".iosweep-"+log.Run.ID+"*")); len(left) > 0 && !n.mounted {
		t.Errorf("workspaces are left: %v", left)
		n.total.add(func() { n.total.workspaces += len(left) })
	}
	unmountAll(n.root)
	changed := differences(n.before, mustReadTree(t, n.root))
	if len(changed) > 0 {
		t.Errorf("files of others have changed: %q", changed)
	}
	n.total.add(func() {
		n.total.nights++
		n.total.trials += len(log.Trials)
		n.total.changed += len(changed)
	})
}

var endedLine = regexp.MustCompile(`^\[\d+/\d+\] (\w+ \d+)  (\S+)  `)

// session runs a command and kills it at a random moment. It reports whether
// the command was done before.
func (n *night) session(t *testing.T, args []string) (done bool) {
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
			n.said[found[1]+" "+found[2]] = true
			if after--; after == 0 {
				kill.Reset(wait)
			}
		}
	}
	err = cmd.Wait()
	// What a trial's process has left that was killed together with the runner may be
	// there until a resume has come as far as to begin a trial.
	killed := exitCodeOf(err) == -1
	n.unended = killed && everything || n.unended && killed && !began
	if !n.unended {
		if left := append(waitForNone(n.root), waitForNoneNaming(n.root)...); len(left) > 0 {
			t.Errorf("processes are left: %v", left)
			n.total.add(func() { n.total.orphans += len(left) })
		}
	}
	// A contender that was killed with all others may not have come to it; now and then
	// resume meets what it has left.
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

// differences lists what is not in both of two trees, or not the same, outside of the
// run's results.
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

// killAll kills the processes of iosweep itself that have a directory in their
// environment.
func killAll(dir string) {
	for _, p := range processesWith("WORK=" + dir) {
		pid, line, _ := strings.Cut(p, ": ")
		if n, err := strconv.Atoi(pid); err == nil && regexp.MustCompile(`^\S*iosweep `).MatchString(line) {
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	}
}

// waitForNoneNaming returns the processes that have a directory in their command line,
// if they do not go away: of those that have cleared their environment.
func waitForNoneNaming(dir string) (left []string) {
	within(patience, func() bool {
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

// moment is when to kill: so long after so many trials were reported, be it while a
// trial runs, between two, or while the program ends; or while it starts, though
// not time after time, or a slow machine would come to no end.
func (n *night) moment() (after int, wait time.Duration) {
	if n.early++; n.early <= 2 && n.random.IntN(2) == 0 {
		return 0, time.Duration(n.random.Int64N(int64(60 * time.Millisecond)))
	}
	n.early = 0
	return 1 + n.random.IntN(8), time.Duration(n.random.Int64N(int64(30 * time.Millisecond)))
}

// log is the run's journal; nil if the run never began.
func (n *night) log(t *testing.T) *journal.Log {
	log, err := journal.ReadDir(filepath.Join(n.root, "results", "new"))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, journal.ErrNoRun) {
		if len(n.said) > 0 {
			t.Fatalf("%d trials were reported, and there is no journal: %v", len(n.said), err)
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

// nothingLost checks that whatever was reported is in the journal, once.
func (n *night) nothingLost(t *testing.T, log *journal.Log) {
	held := map[string]bool{}
	for _, trial := range log.Trials {
		name := nameOf(trial)
		if held[name] {
			t.Errorf("twice in the journal: %s", name)
			n.total.add(func() { n.total.doubled++ })
		}
		if held[name] = true; trial.Status != journal.OK && !hostileCell.MatchString(trial.Name) {
			t.Errorf("%s: %s: %s", name, trial.Status, trial.Error)
		}
	}
	for name := range n.said {
		if !held[name] {
			t.Errorf("reported, and not in the journal: %s", name)
			n.total.add(func() { n.total.lost++ })
		}
	}
}

// asUninterrupted compares the records with those of a run that nobody killed.
func (n *night) asUninterrupted(t *testing.T, log *journal.Log) {
	if log.Run.PlanHash != n.calm.Run.PlanHash {
		t.Errorf("the plan is %s, and %s where nobody killed it", log.Run.PlanHash, n.calm.Run.PlanHash)
	}
	if diff := cmp.Diff(namesOf(n.calm), namesOf(log)); diff != "" {
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
