package trial

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/process"
	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/strategies"
)

// runStrategy measures a built-in strategy and verifies its outcome.
func (spec *Spec) runStrategy(ctx context.Context, op operations.Operation, ws *workspace.Workspace) (*journal.Measurement, error) {
	strategy, ok := strategies.Named(spec.Strategy)
	if !ok {
		return nil, fmt.Errorf("unknown strategy %q", spec.Strategy)
	}
	footprint := strategy.Footprint(max(1, spec.Workers), max(1, spec.Threads), spec.items())
	hold := setScheduler(footprint, spec.Site.Sink)
	// A task that returned the checksum of the manifest without reading the file would pass
	// verification and look very fast. So the checksums are hidden until the work has ended.
	reveal := spec.Site.Manifest.HideChecksums()
	task, err := op.Open(spec.Site)
	if err != nil {
		return nil, err
	}
	job, err := spec.job(op, task, footprint, ws)
	if err != nil {
		return nil, errors.Join(err, task.Close())
	}
	// The cache is set after Open, because opening an archive reads its directory.
	cached, err := setCache(ctx, op, spec.Site)
	if err != nil {
		return nil, errors.Join(err, task.Close())
	}
	process.GrowDescriptorTable(spec.Descriptors)
	process.DropGarbage(spec.Site.Manifest.Memory())
	observed := observe(ws.Path(), cached)
	memory := process.WatchMemory(true)
	dirio.HoldProcessors(hold)
	timing, err := strategies.Run(ctx, strategy, job)
	dirio.HoldProcessors(false)
	m, own, _ := observed.end(spec.Site, memory.End())
	m.MaxRSS = positive(max(own, timing.PeakMemory))
	if m.RunDelay != nil {
		*m.RunDelay += timing.RunDelay.Seconds()
	}
	spec.addTiming(m, timing)
	if err := errors.Join(err, task.Close()); err != nil {
		return m, process.ExplainLimit(err)
	}
	if err := checkDirect(ctx, op, spec.Site); err != nil {
		return m, err
	}
	reveal()
	outcome, err := spec.verify(op, timing.Digests)
	m.OutputBytes = outcome.OutputBytes
	if spec.Site.Unlocked() {
		m.CorruptItems = &outcome.CorruptItems
	}
	if err != nil {
		return m, fmt.Errorf(journal.Unverified+"%w", err)
	}
	return m, spec.checkStats(timing.Stats)
}

// verify verifies the outcome of the operation.
func (spec *Spec) verify(op operations.Operation, digests []uint32) (operations.Outcome, error) {
	if err := spec.checkDirs(op.Info().Needs); err != nil {
		return operations.Outcome{}, err
	}
	return op.Verify(spec.Site, digests)
}

// checkDirs checks that the directories of the trial are still directories: a symbolic link in their
// place could lead to older files.
func (spec *Spec) checkDirs(needs operations.Needs) error {
	dirs := []string{spec.Site.Output}
	if needs == operations.NeedsDisposableCopy {
		dirs = append(dirs, spec.Site.Input)
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is no longer a directory but %s: the outcome must be in it", dir, regular.KindOf(info.Mode()))
		}
	}
	return nil
}

// checkStats compares the counters of the strategy with the workload. A strategy that skips items
// must fail, and not look fast.
func (spec *Spec) checkStats(t strategies.Stats) error {
	want := spec.Site.Manifest
	if t.Items != spec.items() {
		return fmt.Errorf(journal.Unverified+"the strategy completed %d of %d items", t.Items, spec.items())
	}
	if t.Bytes != want.Bytes() {
		return fmt.Errorf(journal.Unverified+"the strategy transferred %d of %d bytes", t.Bytes, want.Bytes())
	}
	return nil
}

// items returns the number of items of tasks: the files, or their ranges under the axis split.
func (spec *Spec) items() int {
	ranges := operations.RangesOf(spec.Site)
	return ranges.Len()
}

// job returns the job for the strategy.
func (spec *Spec) job(op operations.Operation, task operations.Task, f strategies.Footprint, ws *workspace.Workspace) (strategies.Job, error) {
	forWorkers, err := json.Marshal(spec.Setting)
	if err != nil {
		return strategies.Job{}, err
	}
	items := spec.items()
	workers, threads := max(1, spec.Workers), max(1, spec.Threads)
	chunk := spec.Chunk
	if chunk == 0 {
		// Each receiver gets one chunk. With worker processes, a receiver is a process and
		// not one of its workers.
		receivers := max(1, cmp.Or(f.Processes, f.Workers))
		chunk = max(1, (items+receivers-1)/receivers)
	}
	return strategies.Job{
		Task: task, Items: items,
		Workers: workers, Threads: threads, Chunk: chunk, Queue: max(1, spec.Queue),
		Sink: spec.Site.Sink, Blocks: spec.Site.Sink != "" && spec.Site.HasBlocks(), CommitAnywhere: op.Info().CommitAnywhere,
		Spec: forWorkers,
		Command: func() *exec.Cmd {
			cmd := process.SelfCommand(context.Background(), "worker")
			process.PassFile(cmd, ws.File())
			// The number of threads limits the processors of the Go scheduler. Without a limit
			// a pool of eight processes would have eight times the garbage collectors.
			cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(threads+1))
			cmd.Stderr = os.Stderr
			process.KillWithParent(cmd)
			return cmd
		},
	}, nil
}

// addTiming adds the timing of a strategy to a measurement.
func (spec *Spec) addTiming(m *journal.Measurement, t strategies.Timing) {
	m.Startup = seconds(t.Startup)
	m.Work = t.Work.Seconds()
	m.Seconds = m.Work
	if spec.Pool != "warm" {
		// The start of the workers is included, as in published times.
		m.Seconds += t.Startup.Seconds()
	}
	m.FirstDone = seconds(t.FirstDone)
	if t.Blocked != nil {
		m.Blocked = seconds(*t.Blocked)
	}
	// Under the axis split a file has several items.
	m.Files, m.Bytes = min(t.Items, spec.Site.Manifest.Len()), t.Bytes
	if t.Latency == nil || t.Latency.Count() == 0 {
		return
	}
	if text, err := t.Latency.Encode(); err == nil {
		m.Latency = text
	}
	m.LatencyP50 = seconds(t.Latency.Quantile(0.50))
	m.LatencyP90 = seconds(t.Latency.Quantile(0.90))
	m.LatencyP99 = seconds(t.Latency.Quantile(0.99))
	m.LatencyMax = seconds(t.Latency.Max())
}

// positive returns an amount of memory, or nil for 0, which means unknown.
func positive(n int64) *int64 {
	if n <= 0 {
		return nil
	}
	return &n
}

func seconds(d time.Duration) *float64 { return new(d.Seconds()) }

// setScheduler prepares the Go scheduler for the workers. It gives the scheduler one P more than the
// machine has processors. A P is the resource that it needs to run a goroutine (runtime/proc.go).
//
// If there are at most as many workers as processors, it returns true. Then each can keep its P in
// system calls (see dirio.HoldProcessors), and the extra P is for everything else in this process.
//
// If there are more workers, a worker in a system call keeps its P while another P is idle. If no P
// is idle, the runtime's monitor (sysmon) takes the P from the worker after 20 us, and starts a
// thread that looks for work. This thread uses one of the machine's processors and slows down the
// workers.
//
// Nothing is changed if workers wake each other at every item, in a pipeline or in front of a sink.
// There the woken goroutine could run on a processor whose cache has no data of the item, and the
// work takes a fifth longer.
func setScheduler(f strategies.Footprint, sink string) (hold bool) {
	if f.Stages > 1 || !apart(sink) {
		return false
	}
	processors := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(processors + 1)
	return f.Workers <= processors
}

// apart reports whether workers do their items without waiting for each other at each one. With the
// sink unlocked they wait for the lock of the file in the kernel. With the sink parallel they wait
// only if they are far ahead of the order of the items.
func apart(sink string) bool { return sink == "" || sink == operations.SinkParallel }
