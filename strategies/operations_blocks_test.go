package strategies

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
)

// smallBlock is the block of these tests.
const smallBlock = 512

// realSpec is the Spec of a job that does a real operation.
type realSpec struct {
	Operation string          `json:"operation"`
	Site      operations.Site `json:"site"`
}

// open opens the task, in the test or in a worker process.
func (r realSpec) open() (operations.Task, error) {
	op, _ := operations.Named(r.Operation)
	m, err := workload.Survey(context.Background(), r.Site.Workload)
	if err != nil {
		return nil, err
	}
	r.Site.Manifest, r.Site.Dirs = m, plainDirs{}
	return op.Open(r.Site)
}

// blockTrees returns workloads whose items have about the size of a block or several blocks.
func blockTrees(t *testing.T) map[string]workload.Workload {
	t.Helper()
	sizes := []int64{0, 1, smallBlock - 1, smallBlock, smallBlock + 1, 5 * smallBlock, 9*smallBlock + 77}
	for range 8 {
		sizes = append(sizes, rand.Int64N(12*smallBlock))
	}
	root := t.TempDir()
	for i, size := range sizes {
		dir := filepath.Join(root, fmt.Sprint(i%3))
		data := make([]byte, size)
		for at := range data {
			data[at] = byte(rand.IntN(4))
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]workload.Workload{
		"tree":   {From: root},
		"rows":   {Files: 9, Content: workload.ContentRows, Lines: 30, Values: 20, Seed: 4},
		"random": {Files: 9, Content: workload.ContentRandom, Lines: 12, Values: 10, Seed: 4},
	}
}

// TestOperationsInBlocks runs every operation in blocks of 512 bytes under every strategy and sink.
// The outcome must equal the outcome of whole items.
func TestOperationsInBlocks(t *testing.T) {
	loads := blockTrees(t)
	for _, op := range operations.All {
		if !slices.Contains(op.Info().Axes, "block_size") {
			continue
		}
		for load, w := range loads {
			if testing.Short() && load != "tree" {
				continue
			}
			site := siteOf(t, op, w)
			whole := site
			whole.Output = t.TempDir()
			if op.Info().Sinks != nil {
				whole.Sink = operations.SinkLocked
			}
			want := outcomeOf(t, sequential{}, op, whole)
			site.Block = smallBlock
			archive := t.TempDir()
			if op.Info().Name == "zip" {
				site := site
				site.Output, site.Sink = archive, operations.SinkLocked
				outcomeOf(t, sequential{}, op, site)
			}
			for _, s := range All {
				for _, c := range choices(op, s) {
					t.Run(fmt.Sprintf("%s/%s/%s/%s,%s", op.Info().Name, load, s.Info().Name, c.sink, c.layout), func(t *testing.T) {
						t.Parallel()
						if why := Unavailable(s); why != "" {
							t.Skip(why)
						}
						site := site
						site.Output, site.Sink, site.Layout = t.TempDir(), c.sink, c.layout
						if site.Unlocked() && s.Footprint(2, 2, 2).Concurrency() > 1 {
							perform(t, s, op, site) // records may be lost
							return
						}
						got := outcomeOf(t, s, op, site)
						if op.Info().Name == "zip" {
							sameTrees(t, site.Output, archive)
							return // its size depends on the blocks
						}
						if got != want {
							t.Errorf("got %+v, want %+v", got, want)
						}
						if op.Info().Sinks == nil && c.layout == operations.LayoutShared {
							sameTrees(t, site.Output, whole.Output)
						}
					})
				}
			}
		}
	}
}

type choice struct{ sink, layout string }

// choices returns the levels of sink and layout for an operation under a strategy.
func choices(op operations.Operation, s Strategy) (all []choice) {
	if Unsupported(s, op.Info()) != "" {
		return nil
	}
	layouts := []string{operations.LayoutShared}
	if slices.Contains(op.Info().Axes, "layout") {
		layouts = append(layouts, operations.LayoutPerWorker)
	}
	sinks := op.Info().Sinks
	switch {
	case sinks == nil:
		sinks = []string{""}
	case !has(s.Info().Axes, "sink"):
		if s.Footprint(2, 2, 2).Concurrency() > 1 {
			return nil // a strategy of another test, without a lock
		}
		sinks = []string{""}
	}
	for _, sink := range sinks {
		for _, layout := range layouts {
			all = append(all, choice{sink, layout})
		}
	}
	return all
}

// siteOf returns the site of an operation with prepared inputs.
func siteOf(t *testing.T, op operations.Operation, w workload.Workload) operations.Site {
	t.Helper()
	site := operations.Site{
		Workload: w, Input: t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{}, Workers: 4, Level: 6,
		Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
	}
	var err error
	if site.Manifest, err = workload.Survey(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if err := operations.Prepare(t.Context(), op, site); err != nil {
		t.Fatal(err)
	}
	return site
}

// outcomeOf does an operation and verifies it.
func outcomeOf(t *testing.T, s Strategy, op operations.Operation, site operations.Site) operations.Outcome {
	t.Helper()
	outcome, err := op.Verify(site, perform(t, s, op, site).Digests)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// perform does an operation.
func perform(t *testing.T, s Strategy, op operations.Operation, site operations.Site) Timing {
	t.Helper()
	spec := realSpec{op.Info().Name, site}
	task, err := spec.open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := task.Close(); err != nil {
			t.Error(err)
		}
	}()
	job := newFake(t).job(t, site.Manifest.Len())
	job.Task, job.Workers, job.Threads, job.Queue = task, 2, 2, 1
	job.Sink, job.Blocks, job.CommitAnywhere = site.Sink, site.Sink != "" && site.HasBlocks(), op.Info().CommitAnywhere
	if job.Spec, err = json.Marshal(spec); err != nil {
		t.Fatal(err)
	}
	timing, err := Run(t.Context(), s, job)
	if err != nil {
		t.Fatal(err)
	}
	if timing.Bytes != site.Manifest.Bytes() || timing.Items != job.Items {
		t.Errorf("got %d bytes in %d items, want %d in %d", timing.Bytes, timing.Items, site.Manifest.Bytes(), job.Items)
	}
	return timing
}

// sameTrees checks that two directories have the same files.
func sameTrees(t *testing.T, got, want string) {
	t.Helper()
	err := filepath.WalkDir(want, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(want, path)
		if err != nil {
			return err
		}
		a, err := os.ReadFile(filepath.Join(got, name))
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(a, b) {
			t.Errorf("%s: got %d bytes, which differ from the %d bytes of the whole item", name, len(a), len(b))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
