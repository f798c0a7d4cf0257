package runner

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"iosweep/journal"
)

// pools has two programs with a pool of four processes. In the first, each process touches 30 MiB of
// its own, in a session of its own. In the second, the processes share 30 MiB with their parent. The
// items of the strategies wait for some seconds, and the programs wait until their memory was sampled.
const pools = `
name: pools
workload: {files: 12, content: tasks}
grid:
  - {operation: write, strategy: [threads, processes], workers: 4}
  - {operation: write, strategy: [apart, shared]}
baseline: {strategy: threads}
trials: {repeats: 1, warmup: 0, order: listed}
commands:
  apart: {operation: write, expect: failure, run: [python3, '{here}/pool.py', apart]}
  shared: {operation: write, expect: failure, run: [python3, '{here}/pool.py', shared]}
`

// pool ends its processes after 300 times the cpu time that reading their memory takes, and one second
// more. A watch may use a hundredth of the time, so a sample was possible.
const pool = `
import os, sys, time
size, processes = 30 << 20, 4
if sys.argv[1] == "shared":
    block = b"x" * size
ready, into = os.pipe()
wait, end = os.pipe()
pids = []
for i in range(processes):
    pids.append(os.fork())
    if pids[-1] == 0:
        os.close(end)
        os.setsid()
        if sys.argv[1] == "apart":
            block = b"x" * size
        os.write(into, b".")
        os.read(wait, 1)
        os._exit(0)
for i in range(processes):
    os.read(ready, 1)
begun = time.thread_time()
for pid in pids + [os.getpid()]:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            file.read()
    except OSError:
        pass # this kernel does not have it
time.sleep(1 + 300 * (time.thread_time() - begun))
os.close(end)
for i in range(processes):
    os.wait()
`

// TestMemoryOfAPool measures pools. The peak of a pool is the peak of its largest process. The sum
// counts shared memory once.
func TestMemoryOfAPool(t *testing.T) {
	if testing.Short() {
		t.Skip("its trials take some seconds")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip(err)
	}
	_, log, _ := runIt(t, t.Context(), pools, func(o *Options) {
		if err := os.WriteFile(filepath.Join(o.Here, "pool.py"), []byte(pool), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	const mib = 1 << 20
	// Each process of iosweep has at least 5 MiB. In the sum it has less, because all of them
	// share the program. Each interpreter has at most 15 MiB.
	for i, want := range []struct{ largest, sum, most int64 }{
		{5 * mib, 2 * mib, 60 * mib},
		{5 * mib, 5 * 2 * mib, 5 * 60 * mib},
		{30 * mib, 4 * 30 * mib, (4*30 + 5*15) * mib},
		{30 * mib, 30 * mib, (30 + 5*15) * mib},
	} {
		trial := log.Trials[i]
		if trial.Status != journal.OK {
			t.Fatalf("%s is %s: %s", trial.Name, trial.Status, trial.Error)
		}
		largest, sum := trial.Measurement.MaxRSS, trial.Measurement.SumRSS
		if largest == nil || sum == nil || *largest < want.largest || *sum < want.sum || *sum > want.most {
			t.Errorf("%s: the largest process has %d bytes and all together %d, want %+v", trial.Name, bytesOf(largest), bytesOf(sum), want)
		}
	}
}

func bytesOf(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
