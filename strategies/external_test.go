package strategies_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/operations"
	"iosweep/strategies"
)

// striped is a strategy outside the package strategies: worker i of n does the items i, i+n, i+2n
// and so on.
type striped struct{}

var _ strategies.Strategy = striped{}

// The conformance tests use the list All, so they test this strategy too.
func init() { strategies.All = append(strategies.All, striped{}) }

func (striped) Info() strategies.Info {
	return strategies.Info{Name: "striped", About: "each worker does every nth item", Axes: []string{"workers"}}
}

func (striped) Footprint(workers, _, _ int) strategies.Footprint {
	return strategies.Footprint{Workers: workers}
}

func (striped) Start(_ context.Context, job strategies.Job) (strategies.Pool, error) {
	p := &stripes{job: job, digests: make([]uint32, job.Items)}
	for range job.Workers {
		p.workers = append(p.workers, strategies.Stats{Latency: strategies.NewLatency()})
	}
	return p, nil
}

// stripes keeps separate stats for each worker, so that workers share nothing.
type stripes struct {
	job     strategies.Job
	digests []uint32
	workers []strategies.Stats
	opened  time.Time
}

func (p *stripes) Work(ctx context.Context) error {
	p.opened = time.Now()
	task, bracketed := p.job.Task.(operations.Bracketed)
	if bracketed {
		if err := task.Begin(); err != nil {
			return err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for i := range p.workers {
		group.Go(func() error { return p.do(ctx, i) })
	}
	if err := group.Wait(); err != nil || !bracketed {
		return err
	}
	return task.End()
}

// do does the items of one worker.
func (p *stripes) do(ctx context.Context, worker int) (err error) {
	scratch := operations.Scratch{Worker: worker}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	s := &p.workers[worker]
	for item := worker; item < p.job.Items; item += len(p.workers) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		begun := time.Now()
		result, err := p.job.Task.Do(&scratch, item)
		if err != nil {
			return err
		}
		s.Latency.Record(time.Since(begun))
		s.Items++
		s.Bytes += result.Bytes
		p.digests[item] = result.Digest
	}
	s.LastDone = time.Since(p.opened)
	return nil
}

func (p *stripes) Stop() (strategies.Stats, error) {
	all := strategies.Stats{Digests: p.digests, Latency: strategies.NewLatency(), FirstDone: p.workers[0].LastDone}
	for _, s := range p.workers {
		all.Items += s.Items
		all.Bytes += s.Bytes
		all.Latency.Merge(s.Latency)
		all.FirstDone = min(all.FirstDone, s.LastDone)
		all.LastDone = max(all.LastDone, s.LastDone)
	}
	return all, nil
}

// TestStrategyFromAnotherPackage copies files with a strategy that was only added to the list.
func TestStrategyFromAnotherPackage(t *testing.T) {
	s, known := strategies.Named("striped")
	if !known {
		t.Fatal("Named does not find it")
	}
	copying, _ := operations.Named("copy")
	if why := strategies.Unsupported(s, copying.Info()) + strategies.Unavailable(s); why != "" {
		t.Fatalf("got %q, want a supported strategy", why)
	}
	ws, err := workspace.Create(t.TempDir(), "external")
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	site := operations.Site{
		Workload: workload.Workload{Files: 50, Content: workload.ContentRows, Lines: 10, Values: 3},
		Dirs:     ws, Layout: operations.LayoutShared, Workers: 4,
	}
	if site.Manifest, err = workload.Survey(t.Context(), site.Workload); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]*string{"in": &site.Input, "out": &site.Output} {
		if *dir, err = ws.Make(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := operations.Prepare(t.Context(), copying, site); err != nil {
		t.Fatal(err)
	}
	task, err := copying.Open(site)
	if err != nil {
		t.Fatal(err)
	}
	timing, err := strategies.Run(t.Context(), s, strategies.Job{Task: task, Items: site.Manifest.Len(), Workers: 4})
	if err := errors.Join(err, task.Close()); err != nil {
		t.Fatal(err)
	}
	outcome, err := copying.Verify(site, timing.Digests)
	if err != nil {
		t.Fatal(err)
	}
	if timing.Items != 50 || outcome.Items != 50 || timing.Bytes != outcome.Bytes {
		t.Errorf("got stats of %d items and %d bytes, and an outcome of %d items and %d bytes", timing.Items, timing.Bytes, outcome.Items, outcome.Bytes)
	}
	for _, file := range site.Manifest.All() {
		want, err := os.ReadFile(filepath.Join(site.Input, filepath.FromSlash(file.Name)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(site.Output, filepath.FromSlash(file.Name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got another content or error %v", file.Name, err)
		}
	}
}
