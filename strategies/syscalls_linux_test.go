//go:build !portable

package strategies

import (
	"bufio"
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
)

// tracedEnv contains the arguments of a traced process. beginsHere and endsHere are paths that do
// not exist. The process looks them up, so that the trace shows where its work begins and ends.
const (
	tracedEnv  = "IOSWEEP_TRACED" // operation, strategy, size, block, split
	beginsHere = "/iosweep-work-begins"
	endsHere   = "/iosweep-work-ends"
)

// tracedItems is large, so that a call for each item is clearly more than tracedSlack. The Go
// runtime makes a few calls too: it uses a write to wake the network poller, see eventfd(2).
const tracedItems, tracedSlack = 200, 20

// TestSystemCallsOfAnItem counts the system calls on files and descriptors of each item with
// strace. There must be exactly the calls that the item needs.
func TestSystemCallsOfAnItem(t *testing.T) {
	if args := os.Getenv(tracedEnv); args != "" {
		doTraced(t, strings.Fields(args))
		return
	}
	if testing.Short() {
		t.Skip("it traces dozens of processes")
	}
	canTrace(t)
	type calls map[string]int
	for _, test := range []struct {
		operation, size, block, split string
		each                          calls
	}{
		{"write", "4096", "0", "0", calls{"openat": 1, "write": 1, "close": 1}},
		{"write", "300000", "0", "0", calls{"openat": 1, "write": 1, "close": 1}},
		{"read", "4096", "0", "0", calls{"openat": 1, "read": 1, "close": 1}},
		{"read", "300000", "0", "0", calls{"openat": 1, "read": 1, "close": 1}},
		{"copy", "4096", "0", "0", calls{"openat": 2, "read": 1, "write": 1, "close": 2}},
		{"copy", "300000", "0", "0", calls{"openat": 2, "copy_file_range": 1, "close": 2}},
		{"write", "10240", "512", "0", calls{"openat": 1, "write": 20, "close": 1}},
		{"write", "10000", "512", "0", calls{"openat": 1, "write": 20, "close": 1}},
		{"read", "10240", "512", "0", calls{"openat": 1, "read": 20, "close": 1}},
		{"read", "10000", "512", "0", calls{"openat": 1, "read": 20, "close": 1}},
		{"copy", "10240", "512", "0", calls{"openat": 2, "read": 20, "write": 20, "close": 2}},
		{"copy", "300000", "-1", "0", calls{"openat": 2, "read": 1, "write": 1, "close": 2}},
		{"read", "10240", "1024", "4096", calls{"openat": 3, "lseek": 2, "read": 10, "close": 3}},
		{"copy", "300000", "0", "131072", calls{"openat": 3*2 + 1, "ftruncate": 1, "lseek": 2 * 2, "copy_file_range": 3, "close": 3*2 + 1}},
		{"delete", "4096", "0", "0", calls{"unlinkat": 1}},
	} {
		for _, strategy := range []string{"sequential", "threads"} {
			t.Run(test.operation+"/"+test.size+"/"+test.block+"/"+test.split+"/"+strategy, func(t *testing.T) {
				t.Parallel()
				counts := traced(t, test.operation, strategy, test.size, test.block, test.split)
				t.Logf("calls for %d items: %v", tracedItems, counts)
				for _, call := range slices.Sorted(maps.Keys(counts)) {
					if each := test.each[call]; counts[call] > each*tracedItems+tracedSlack {
						t.Errorf("got %d of %s for %d items, want %d for each", counts[call], call, tracedItems, each)
					}
				}
				for call, each := range test.each {
					if counts[call] < each*tracedItems {
						t.Errorf("got %d of %s for %d items, want %d for each: the trace missed some", counts[call], call, tracedItems, each)
					}
				}
			})
		}
	}
}

// canTrace skips the test if tracing is not possible. Containers often forbid it.
func canTrace(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: ", err)
	}
	if out, err := exec.Command("strace", "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace cannot trace: %v\n%s", err, out)
	}
}

// traced runs this test in another process under strace and returns its system calls.
func traced(t *testing.T, args ...string) map[string]int {
	t.Helper()
	log := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-qq", "-e", "trace=%file,%desc", "-e", "signal=none", "-o", log,
		os.Args[0], "-test.run=^TestSystemCallsOfAnItem$", "-test.count=1")
	cmd.Env = append(os.Environ(), tracedEnv+"="+strings.Join(args, " "))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trace, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return countCalls(t, trace)
}

// tracedCall matches the start of a call: the number of its thread and the name of the call. A
// call that was interrupted by another thread's has a second line, which does not match.
var tracedCall = regexp.MustCompile(`^\d+\s+(\w+)\(`)

// ofRuntime are calls of the Go runtime that strace counts as calls on descriptors. The runtime
// makes them when its heap grows, and to see whether a descriptor is ready.
var ofRuntime = []string{"mmap", "munmap", "epoll_pwait"}

// countCalls counts the calls between the two marks.
func countCalls(t *testing.T, trace []byte) map[string]int {
	t.Helper()
	_, work, begun := bytes.Cut(trace, []byte(beginsHere))
	work, _, ended := bytes.Cut(work, []byte(endsHere))
	if !begun || !ended {
		t.Fatalf("the trace of %d bytes does not contain both marks", len(trace))
	}
	counts := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(work)); lines.Scan(); {
		if m := tracedCall.FindSubmatch(lines.Bytes()); m != nil && !slices.Contains(ofRuntime, string(m[1])) {
			counts[string(m[1])]++
		}
	}
	return counts
}

// doTraced runs in the traced process.
func doTraced(t *testing.T, args []string) {
	operation, strategy, size := args[0], args[1], args[2]
	op, _ := operations.Named(operation)
	s, _ := Named(strategy)
	number := func(text string) int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	length := number(size)
	w := workload.Workload{Files: tracedItems, Content: workload.ContentBytes, Size: length}
	manifest, err := workload.Survey(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	site := operations.Site{
		Workload: w, Manifest: manifest, Input: t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{}, Workers: 2,
		Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
		Block: operations.Block(number(args[3])), Split: number(args[4]),
	}
	if err := operations.Prepare(t.Context(), op, site); err != nil {
		t.Fatal(err)
	}
	ranges := operations.RangesOf(site)
	task, err := op.Open(site)
	if err != nil {
		t.Fatal(err)
	}
	defer task.Close()
	_, _ = os.Stat(beginsHere)
	timing, err := Run(t.Context(), s, Job{Task: task, Items: ranges.Len(), Workers: 2, Threads: 1, Chunk: 1, Queue: 1})
	_, _ = os.Stat(endsHere)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Verify(site, timing.Digests); err != nil {
		t.Fatal(err)
	}
}
