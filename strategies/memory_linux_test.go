package strategies

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
)

// largeEnv is set in a process that does a large item: to the strategy, the operation and the sink.
const largeEnv = "IOSWEEP_TEST_LARGE"

// TestMemoryOfLargeItems does items of 256 MiB in a process of its own, and checks its peak memory: at
// most 64 MiB and 8 MiB a worker. No stage, queue, batch or frame may contain a whole item.
func TestMemoryOfLargeItems(t *testing.T) {
	if large := os.Getenv(largeEnv); large != "" {
		doLarge(t, strings.Split(large, " "))
		return
	}
	if testing.Short() {
		t.Skip("it writes some gigabytes")
	}
	for _, large := range []string{
		"pipeline write ", "pipeline append locked", "pipeline append collector", "pipeline zip parallel",
		"threads write ", "threads append locked", "threads append collector", "threads zip collector", "threads zip parallel",
		"processes append collector", "processes zip collector", "processes zip parallel",
	} {
		t.Run(strings.ReplaceAll(large, " ", "/"), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryOfLargeItems$", "-test.count=1", "-test.v")
			cmd.Env = append(os.Environ(), largeEnv+"="+large)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			peak := regexp.MustCompile(`peak (\d+) KiB`).FindSubmatch(out)
			if peak == nil {
				t.Fatalf("the process did not report its memory:\n%s", out)
			}
			kib, _ := strconv.Atoi(string(peak[1]))
			t.Logf("peak: %d MiB", kib>>10)
			if most := 64 + 8*largeWorkers; kib>>10 > most {
				t.Errorf("the peak is %d MiB, want at most %d", kib>>10, most)
			}
		})
	}
}

const largeWorkers = 2

// doLarge runs in its own process.
func doLarge(t *testing.T, args []string) {
	s, _ := Named(args[0])
	op, _ := operations.Named(args[1])
	site := siteOf(t, op, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 256 << 20})
	site.Sink, site.Workers = args[2], largeWorkers
	spec := realSpec{op.Info().Name, site}
	task, err := spec.open()
	if err != nil {
		t.Fatal(err)
	}
	defer task.Close()
	job := newFake(t).job(t, site.Manifest.Len())
	job.Task, job.Workers, job.Threads, job.Queue = task, largeWorkers, 1, 16
	job.Sink, job.Blocks, job.CommitAnywhere = site.Sink, site.HasBlocks(), op.Info().CommitAnywhere
	if job.Spec, err = json.Marshal(spec); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), s, job); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	t.Logf("peak %s KiB", strings.Fields(line)[0])
}
