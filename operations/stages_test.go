package operations

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// TestStagesEqualDo runs the stages of an item on three workers with two StagedItems in turn. The
// outcome must equal the outcome of Do.
func TestStagesEqualDo(t *testing.T) {
	loads := workloads(t)
	for _, op := range All {
		if !op.Info().Staged {
			continue
		}
		for load, workload := range loads {
			t.Run(op.Info().Name+"/"+load, func(t *testing.T) {
				t.Parallel()
				site := newSite(t, op, workload, nil)
				perform(t, op, site, inStages, allItems(site))
				checkOutcome(t, op, site, nil)
			})
		}
	}
}

func inStages(task Task, site Site, items []int) ([]uint32, error) {
	stages := task.(Staged)
	var loader, computer, committer Scratch
	defer loader.Close()
	defer computer.Close()
	defer committer.Close()
	var staged [2]StagedItem
	ranges := RangesOf(site)
	for _, item := range items {
		result, err := staged[item%2].Blocks(item, func() (Result, error) {
			p := &staged[item%2]
			if err := stages.Load(&loader, p); err != nil {
				return Result{}, err
			}
			if err := stages.Compute(&computer, p); err != nil {
				return Result{}, err
			}
			return stages.Commit(&committer, p)
		})
		if err != nil {
			return nil, err
		}
		if want := ranges.At(item).Length; result.Bytes != want {
			return nil, fmt.Errorf("item %d: got %d bytes, want %d", item, result.Bytes, want)
		}
	}
	return nil, nil
}

// TestInfoMatchesTasks checks that the Info of an operation describes its tasks, and that an
// operation has sinks if, and only if, it has one output file.
func TestInfoMatchesTasks(t *testing.T) {
	for _, op := range All {
		info := op.Info()
		if found, ok := Named(info.Name); !ok || found != op {
			t.Errorf("Named does not find %s", info.Name)
		}
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}, nil)
		task, err := op.Open(site)
		must(t, err)
		if _, staged := task.(Staged); staged != info.Staged {
			t.Errorf("%s: staged is %v, but its Info has %v", info.Name, staged, info.Staged)
		}
		must(t, task.Close())
		oneFile := info.OutputPath(site.Output) != site.Output
		if oneFile != (len(info.Sinks) > 0) || oneFile != slices.Contains(info.Axes, "sink") {
			t.Errorf("%s: one file %v, sinks %q, axes %q", info.Name, oneFile, info.Sinks, info.Axes)
		}
	}
}

// TestDescriptorStaysOpenDuringYield checks that an item keeps its files open while an event loop
// switches to the next item. As many files are then open as items are in flight.
func TestDescriptorStaysOpenDuringYield(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("descriptors are counted in /proc")
	}
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(entries)
	}
	files := map[string]int{"write": 1, "read": 1, "copy": 2}
	for name, want := range files {
		op, _ := Named(name)
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 10}, nil)
		task, err := op.Open(site)
		must(t, err)
		before := count()
		var open []int
		s := Scratch{Yield: func() { open = append(open, count()-before) }}
		_, err = task.Do(&s, 0)
		must(t, err)
		if len(open) != 2 || open[0] != want || open[1] != want {
			t.Errorf("%s: open descriptors at its yields: got %v, want twice %d", name, open, want)
		}
		if after := count(); after != before {
			t.Errorf("%s: %d descriptors stay open", name, after-before)
		}
		must(t, s.Close())
		must(t, task.Close())
	}
}

// TestDisposableCopyIsSplitIntoBlocks checks that each worker directory contains the items that
// its worker will do first.
func TestDisposableCopyIsSplitIntoBlocks(t *testing.T) {
	op := deleting{}
	site := newSite(t, op, workload.Workload{Files: 10, Content: workload.ContentBytes, Size: 3}, func(s *Site) {
		s.Layout, s.Workers = LayoutPerWorker, 3
	})
	for worker, names := range [][]string{
		{"data-0000.bin", "data-0001.bin", "data-0002.bin", "data-0003.bin"},
		{"data-0004.bin", "data-0005.bin", "data-0006.bin"},
		{"data-0007.bin", "data-0008.bin", "data-0009.bin"},
	} {
		entries, err := os.ReadDir(filepath.Join(site.Input, workerDir(worker)))
		must(t, err)
		var found []string
		for _, entry := range entries {
			found = append(found, entry.Name())
		}
		if !slices.Equal(found, names) {
			t.Errorf("%s: got %q, want %q", workerDir(worker), found, names)
		}
	}
}

// TestPrepareStopsOnCancel checks that no preparation continues into the next trial.
func TestPrepareStopsOnCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, op := range []Operation{copying{}, unzipping{}, deleting{}} {
		site := newSite(t, op, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 3}, nil)
		site.Input = t.TempDir()
		if err := Prepare(ctx, op, site); err != context.Canceled {
			t.Errorf("%s: got error %v, want %v", op.Info().Name, err, context.Canceled)
		}
	}
}

// TestPrepareDetectsChangedTree checks that a tree that changed after the survey is refused.
// Every trial of it would fail its verification hours later.
func TestPrepareDetectsChangedTree(t *testing.T) {
	tree := t.TempDir()
	must(t, os.WriteFile(filepath.Join(tree, "x"), []byte("before"), 0o644))
	site := newSite(t, copying{}, workload.Workload{From: tree}, nil)
	must(t, os.WriteFile(filepath.Join(tree, "x"), []byte("after that"), 0o644))
	site.Input = t.TempDir()
	if err := Prepare(context.Background(), copying{}, site); err == nil || !strings.Contains(err.Error(), `item 0 "x"`) {
		t.Errorf("got error %v, want one that names the item", err)
	}
}
