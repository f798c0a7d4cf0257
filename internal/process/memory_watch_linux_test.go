package process

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// holder is a Python program that touches 40 MiB and prints a line. It touches 40 MiB more for each
// line that it reads. If its second argument is above 0, it first starts such a program itself, in
// another session.
const holder = `
import subprocess, sys
depth = int(sys.argv[2])
if depth:
    argv = [sys.executable, "-c", sys.argv[1], sys.argv[1], str(depth - 1)]
    below = subprocess.Popen(argv, stdout=subprocess.PIPE, start_new_session=True)
    below.stdout.readline()
blocks = [b"x" * (40 << 20)]
print("ready", flush=True)
for line in sys.stdin:
    blocks.append(b"y" * (40 << 20))
    print("ready", flush=True)
`

const each = 40 << 20 // bytes that a holder touches

// affordable is a time after which a watch may read the PSS of every process.
const affordable = time.Hour

// TestMemoryOfAllProcesses measures three processes, each a child of the one before, in sessions of
// their own. Then the one in the middle is killed, so that this process adopts the last.
func TestMemoryOfAllProcesses(t *testing.T) {
	AdoptOrphans()
	program := startProgram(t, holder, holder, "2")
	w := newMemoryWatch(false)
	w.buf = make([]byte, 16) // it must grow
	checkSample(t, w, affordable, 3*each)
	if w.sampled.Read == 0 {
		t.Error("the watch has read nothing")
	}
	before := w.appendChildren(nil, os.Getpid())
	middle := w.appendChildren(nil, program.pid)
	if !slices.Contains(before, program.pid) || len(middle) != 1 {
		t.Fatalf("got the children %v of this process and %v of the program", before, middle)
	}
	must(t, unix.Kill(middle[0], unix.SIGKILL))
	await(t, "the last program is a child of this process", func() bool {
		return len(w.appendChildren(nil, os.Getpid())) > len(before)
	})
	checkSample(t, w, affordable, 2*each)

	without, _ := w.sample(affordable)
	w.self = true
	if with, _ := w.sample(affordable); with <= without {
		t.Errorf("got %d bytes with this process and %d without", with, without)
	}
}

// TestGrowthIsAddedToTheLatestPSS makes the PSS too expensive. Then only the growth of a known process
// is known, and nothing is known of a new process.
func TestGrowthIsAddedToTheLatestPSS(t *testing.T) {
	program := startProgram(t, holder, holder, "0")
	w := newMemoryWatch(false)
	checkSample(t, w, affordable, each)
	w.cost = 1e9
	program.ask(t)
	checkSample(t, w, 0, 2*each)
	startProgram(t, holder, holder, "0")
	if sum, complete := w.sample(0); complete {
		t.Errorf("got %d bytes, although a process is new", sum)
	}
	w.cost = initialCost
	checkSample(t, w, affordable, 3*each)
	if w.sampled.CPU <= 0 {
		t.Errorf("the samples used %v", w.sampled.CPU)
	}
	if w.cost == initialCost || w.cost <= 0 {
		t.Errorf("the cost of a sample is %v, want a measured one", w.cost)
	}
}

// TestSharedMemoryCountsOnce forks three processes that share 64 MiB with their parent.
func TestSharedMemoryCountsOnce(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skip(err)
	}
	startProgram(t, `
import os, sys
block = b"x" * (64 << 20)
out, into = os.pipe()
for i in range(3):
    if os.fork() == 0:
        os.write(into, b"1")
        sys.stdin.read()
        os._exit(0)
for i in range(3):
    os.read(out, 1)
print("ready", flush=True)
sys.stdin.read()
`)
	checkSample(t, newMemoryWatch(false), affordable, 64<<20)
}

// checkSample checks that the sum of a sample is at least want, and that nothing large is counted
// twice: an interpreter itself takes 10 MiB at most.
func checkSample(t *testing.T, w *MemoryWatch, elapsed time.Duration, want int64) {
	t.Helper()
	if sum, complete := w.sample(elapsed); !complete || sum < want || sum > want+35<<20 {
		t.Errorf("got %d MiB (complete: %v), want %d MiB and the interpreters", sum>>20, complete, want>>20)
	}
}

// await waits until a condition holds.
func await(t *testing.T, condition string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for a minute until %s", condition)
		}
	}
}

// A program is a Python program that prints a line when it is ready, and ends with its input.
type program struct {
	pid int
	in  io.Writer
	out *bufio.Reader
}

// startProgram starts a program and waits until it is ready. It ends with the test, together with
// everything that it has started.
func startProgram(t testing.TB, source string, args ...string) program {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(python, append([]string{"-c", source}, args...)...)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		KillChildren()
		_ = cmd.Wait() // KillChildren has reaped it
	})
	p := program{cmd.Process.Pid, in, bufio.NewReader(out)}
	p.await(t)
	return p
}

func (p program) await(t testing.TB) {
	t.Helper()
	_, err := p.out.ReadString('\n')
	must(t, err)
}

// ask writes a line to the program and waits until it is ready again.
func (p program) ask(t testing.TB) {
	t.Helper()
	_, err := p.in.Write([]byte("\n"))
	must(t, err)
	p.await(t)
}

// TestSamplesAreFew computes the times of the samples of a long trial. Every second has at most
// four, wherever it begins.
func TestSamplesAreFew(t *testing.T) {
	var times []time.Duration
	now := time.Duration(0)
	for i := range 40 {
		now += intervalBefore(i)
		times = append(times, now)
	}
	for i := range times[:len(times)-4] {
		if times[i+4]-times[i] < time.Second {
			t.Errorf("five samples from %v to %v", times[i], times[i+4])
		}
	}
}

func TestSamplesMayUseAHundredthOfTheTime(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		elapsed, used time.Duration
		want          bool
	}{
		{0, 0, true},
		{20 * ms, 2 * ms, true},
		{20 * ms, 3 * ms, false},
		{time.Second, 12 * ms, true},
		{time.Second, 13 * ms, false},
	} {
		if got := allows(test.elapsed, test.used); got != test.want {
			t.Errorf("%v after %v: got %v, want %v", test.used, test.elapsed, got, test.want)
		}
	}
}

// TestWatchOfThisProcess watches in simulated time, so that no delay of the machine adds or removes a
// sample.
func TestWatchOfThisProcess(t *testing.T) {
	for _, test := range []struct {
		watched time.Duration
		sampled bool
	}{{0, false}, {19 * time.Millisecond, false}, {10 * time.Second, true}} {
		synctest.Test(t, func(t *testing.T) {
			w := WatchMemory(true)
			time.Sleep(test.watched)
			got := w.End()
			if !test.sampled && got != (Sampled{}) {
				t.Errorf("got %+v after %v, want no sample", got, test.watched)
			}
			if test.sampled && (got.Highest < 1<<20 || got.Highest > 1<<30 || got.Read <= 0 || got.CPU <= 0) {
				t.Errorf("got %+v after %v, want the memory of this process", got, test.watched)
			}
		})
	}
}

// TestUsageIsWithoutTheWatch lets a watch use cpu time. The usage contains it, and the work has not
// used it.
func TestUsageIsWithoutTheWatch(t *testing.T) {
	runtime.LockOSThread() // the kernel knows the time of the running thread best
	defer runtime.UnlockOSThread()
	w := newMemoryWatch(true)
	start := StartUsage()
	for w.sampled.CPU < 20*time.Millisecond {
		w.sample(affordable)
	}
	used, cpu := start.Since(), w.sampled.CPU
	total := used.User + used.System
	if total < cpu-time.Millisecond {
		t.Errorf("the process used %v, but its watch %v", total, cpu)
	}
	without := used.Without(w.sampled)
	if got, want := without.User+without.System, max(0, total-cpu); got != want || without.User < 0 || without.System < 0 {
		t.Errorf("got %v of %v without the watch, want %v", got, total, want)
	}
}

// TestCostOfThePSSStaysAffordable samples while no process has memory, and then measures a cost that
// is far too high. Later samples must still read the PSS.
func TestCostOfThePSSStaysAffordable(t *testing.T) {
	w := newMemoryWatch(false) // this process has no children
	if sum, complete := w.sample(affordable); complete || w.cost != initialCost {
		t.Errorf("got %d bytes (complete: %v) and the cost %v, want no sample and the initial cost", sum, complete, w.cost)
	}
	if w.setCost(time.Second, 4<<10); w.cost > 10*initialCost {
		t.Errorf("got the cost %v, want at most ten times %v", w.cost, initialCost)
	}
	if w.setCost(time.Millisecond, 1<<30); w.cost >= initialCost {
		t.Errorf("got the cost %v after a cheap sample, want less than %v", w.cost, initialCost)
	}
}

// BenchmarkMemorySample measures a sample of 1, 10 and 100 interpreters with 8 MiB each, in cpu time:
// a full one, and one that adds the growth of the RSS.
func BenchmarkMemorySample(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		for name, elapsed := range map[string]time.Duration{"PSS": affordable, "RSS": 0} {
			b.Run(fmt.Sprintf("%s/processes=%d", name, n), func(b *testing.B) {
				startProgram(b, strings.ReplaceAll(`
import os, sys
out, into = os.pipe()
for i in range(N - 1):
    if os.fork() == 0:
        block = b"x" * (8 << 20)
        os.write(into, b"1")
        sys.stdin.read()
        os._exit(0)
block = b"x" * (8 << 20)
for i in range(N - 1):
    os.read(out, 1)
print("ready", flush=True)
sys.stdin.read()
`, "N", fmt.Sprint(n)))
				w := newMemoryWatch(false)
				w.sample(affordable)
				if elapsed == 0 {
					w.cost = 1e9
				}
				w.sampled.CPU = 0
				for b.Loop() {
					w.sample(elapsed)
				}
				b.ReportMetric(float64(w.sampled.CPU.Microseconds())/float64(b.N), "cpu-us/op")
			})
		}
	}
}
