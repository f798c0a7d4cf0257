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

	"iosweep/internal/process"
	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/strategies"
)

// runStrategy measures a built-in strategy and verifies what it did.
func (spec *Spec) runStrategy(ctx context.Context, op operations.Operation, ws *workspace.Workspace) (*journal.Measurement, error) {
	strategy, ok := strategies.Named(spec.Strategy)
	if !ok {
		return nil, fmt.Errorf("unknown strategy %q", spec.Strategy)
	}
	footprint := strategy.Footprint(max(1, spec.Workers), max(1, spec.Threads), spec.Site.Manifest.Len())
	addProcessor(footprint, spec.Site.Sink)
	// A task that returned the manifest's checksum without having read the file would
	// pass its verification, and look very fast: so it is not told.
	reveal := spec.Site.Manifest.HideChecksums()
	task, err := op.Open(spec.Site)
	if err != nil {
		return nil, err
	}
	job, err := spec.job(op, task, footprint, ws)
	if err != nil {
		return nil, errors.Join(err, task.Close())
	}
	// Not before Open: opening an archive reads its directory.
	cached, err := setCache(ctx, op, spec.Site)
	if err != nil {
		return nil, errors.Join(err, task.Close())
	}
	process.GrowDescriptorTable(spec.Descriptors)
	process.DropGarbage(spec.Site.Manifest.Memory())
	around := observe(cached)
	timing, err := strategies.Run(ctx, strategy, job)
	m, own, _ := around.end(spec.Site)
	if peak := max(own, timing.PeakMemory); peak > 0 {
		m.MaxRSS = &peak
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

// verify is the operation's, once its directories are known to be those that the
// trial was given: a link in place of one would lead to what was there before.
func (spec *Spec) verify(op operations.Operation, digests []uint32) (operations.Outcome, error) {
	dirs := []string{spec.Site.Output}
	if op.Info().Needs == operations.NeedsDisposableCopy {
		dirs = append(dirs, spec.Site.Input)
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil {
			return operations.Outcome{}, err
		}
		if !info.IsDir() {
			return operations.Outcome{}, fmt.Errorf("%s is no longer a directory but %s: the outcome has to be in it", dir, regular.KindOf(info.Mode()))
		}
	}
	return op.Verify(spec.Site, digests)
}

// checkStats compares what the strategy says that it did with the workload: one
// that skips items must fail, not look fast.
func (spec *Spec) checkStats(t strategies.Stats) error {
	want := spec.Site.Manifest
	if t.Items != want.Len() {
		return fmt.Errorf(journal.Unverified+"the strategy did %d items of %d", t.Items, want.Len())
	}
	if t.Bytes != want.Bytes() {
		return fmt.Errorf(journal.Unverified+"the strategy moved %d bytes of %d", t.Bytes, want.Bytes())
	}
	return nil
}

// job is what the strategy is given.
func (spec *Spec) job(op operations.Operation, task operations.Task, f strategies.Footprint, ws *workspace.Workspace) (strategies.Job, error) {
	forWorkers, err := json.Marshal(spec.Setting)
	if err != nil {
		return strategies.Job{}, err
	}
	items := spec.Site.Manifest.Len()
	workers, threads := max(1, spec.Workers), max(1, spec.Threads)
	chunk := spec.Chunk
	if chunk == 0 {
		// Tasks are taken by processes where there are any.
		takers := max(1, cmp.Or(f.Processes, f.Workers))
		chunk = max(1, (items+takers-1)/takers)
	}
	return strategies.Job{
		Task: task, Items: items,
		Workers: workers, Threads: threads, Chunk: chunk, Queue: max(1, spec.Queue),
		Sink: spec.Site.Sink, CommitAnywhere: op.Info().CommitAnywhere,
		Spec: forWorkers,
		Command: func() *exec.Cmd {
			cmd := process.SelfCommand(context.Background(), "worker")
			process.PassFile(cmd, ws.File())
			// A process of so many threads gets so many processors: otherwise a
			// pool of eight would have eight times the garbage collectors.
			cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(threads+1))
			cmd.Stderr = os.Stderr
			process.KillWithParent(cmd)
			return cmd
		},
	}, nil
}

// addTiming adds what a strategy's timing comes to.
func (spec *Spec) addTiming(m *journal.Measurement, t strategies.Timing) {
	m.Startup = seconds(t.Startup)
	m.Work = t.Work.Seconds()
	m.Seconds = m.Work
	if spec.Pool != "warm" {
		// Starting the workers counts, as it does in published times.
		m.Seconds += t.Startup.Seconds()
	}
	m.FirstDone = seconds(t.FirstDone)
	if t.Blocked != nil {
		m.Blocked = seconds(*t.Blocked)
	}
	m.Files, m.Bytes = t.Items, t.Bytes
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

func seconds(d time.Duration) *float64 { return new(d.Seconds()) }

// addProcessor gives the Go scheduler one processor more than the machine has.
//
// A worker in a system call keeps its processor of the scheduler for as long as
// there is another one that nobody uses. If there is none, the runtime's monitor
// (sysmon in runtime/proc.go) takes the processor away after 20 us and starts a
// thread that looks for work, on one of the machine's processors and at the
// workers' expense: with as many workers as processors, a tenth of the time of
// every copy and every write.
//
// Not so where workers wake each other at every item, in a pipeline or in front of a
// sink: a spare processor lets whoever is woken run where nothing of the item is in
// the cache. It takes a fifth longer then.
func addProcessor(f strategies.Footprint, sink string) {
	if f.Stages <= 1 && sink == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}
