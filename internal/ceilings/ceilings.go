// Package ceilings measures what a machine can do at most: the ceilings that results are compared with.
//
//  1. Measure makes a workspace in a directory, and measures each limit of the list for about a
//     second. It removes the workspace in the end.
//  2. Save keeps the ceilings in the user's cache directory, for this machine and file system. Other
//     programs lower a measurement, so the highest one of several is kept.
//  3. Load finds them again. A run copies them into its journal.
package ceilings

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// A Limit is a measured limit.
type Limit struct {
	Name      string  `json:"name"`
	PerSecond float64 `json:"per_second,omitempty"` // 0 if it was not measured
	Unit      string  `json:"unit"`                 // Bytes or Times
	Note      string  `json:"note"`                 // how it was measured, or why it was not
	// Earlier is set if an earlier measurement was higher, which is kept.
	Earlier float64 `json:"earlier_per_second,omitempty"`
}

// A Result contains all limits, for people and for a journal.
type Result struct {
	Limits   []Limit          `json:"limits"`
	Ceilings journal.Ceilings `json:"ceilings"`
	// Noise describes other activity of the machine. The limits are then too low.
	Noise string `json:"noise,omitempty"`
}

// The units of limits.
const (
	Bytes = "bytes"
	Times = "times"
)

// A limitSpec is a limit and the function that measures it. The function returns 0 with the reason if
// it cannot.
type limitSpec struct {
	name, unit string
	measure    func(*subject) (perSecond float64, note string)
	field      func(*journal.Ceilings) **float64
}

// all lists the limits in the order in which they are measured.
var all = []limitSpec{
	{"memory copies", Bytes, memoryCopy, func(c *journal.Ceilings) **float64 { return &c.MemoryCopy }},
	{"system calls", Times, systemCalls, func(c *journal.Ceilings) **float64 { return &c.SystemCalls }},
	{"creates", Times, creates, func(c *journal.Ceilings) **float64 { return &c.Creates }},
	{"sequential reads", Bytes, sequentialReads, func(c *journal.Ceilings) **float64 { return &c.SequentialReads }},
	{"reads of 4 KiB", Times, randomReads, func(c *journal.Ceilings) **float64 { return &c.RandomReads }},
}

// A subject is the directory under test.
type subject struct {
	ctx  context.Context
	dir  string
	ws   *workspace.Workspace
	part time.Duration // for each limit
	file *directFile   // nil until the first read
}

// Part is the time for each limit. With the preparation of a file all take 10 seconds.
const Part = time.Second

// runID is the id of the workspace. Measure removes the one that a killed process has left.
const runID = "limits"

// Measure measures all limits of this machine and of the file system of a directory, each for about
// the time part. It returns the error of ctx, or one about the workspace.
func Measure(ctx context.Context, dir string, part time.Duration) (result Result, err error) {
	parent, err := workspace.Resolve(dir)
	if err != nil {
		return result, err
	}
	if err := workspace.Reclaim(parent, runID); err != nil {
		return result, err
	}
	ws, err := workspace.Create(parent, runID)
	if err != nil {
		return result, err
	}
	s := &subject{ctx: ctx, dir: parent, ws: ws, part: part}
	defer func() { err = errors.Join(err, s.file.Close(), ws.Remove()) }()
	watch := sysinfo.Host.Watch()
	result.Ceilings.MeasuredAt = time.Now().UTC().Truncate(time.Second)
	for _, spec := range all {
		rate, note := spec.measure(s)
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		result.Limits = append(result.Limits, Limit{Name: spec.name, PerSecond: rate, Unit: spec.unit, Note: oneline.Of(note)})
		if rate > 0 {
			*spec.field(&result.Ceilings) = &rate
		}
	}
	activity := watch.End()
	result.Noise = oneline.Of(strings.Join(activity.Noise(), "; "))
	return result, nil
}

// parts is the number of parts of a measurement. The best part counts: a limit is what the machine
// can do while nothing disturbs it.
const parts = 8

// peak calls step in several goroutines for a while. step returns the work that it has done. peak
// returns the highest rate of a part of the time. It stops at the first error. errEnough is no failure.
func (s *subject) peak(d time.Duration, workers int, step func(worker int) (int64, error)) (float64, error) {
	type counter struct {
		n atomic.Int64
		_ [56]byte // keeps the next counter out of this cache line
	}
	counters := make([]counter, workers)
	sum := func() (n int64) {
		for i := range counters {
			n += counters[i].n.Load()
		}
		return n
	}
	// With a P for each goroutine, a blocked system call does not delay the others.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(workers, runtime.NumCPU())))
	var stop atomic.Bool
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for !stop.Load() {
				n, err := step(w)
				if err != nil {
					failed.CompareAndSwap(nil, &err)
					stop.Store(true)
				}
				counters[w].n.Add(n)
			}
		})
	}
	best, before, at := 0.0, int64(0), time.Now()
	for range parts {
		select {
		case <-s.ctx.Done():
			stop.Store(true)
		case <-time.After(d / parts):
		}
		ended, now, done := stop.Load(), time.Now(), sum()
		if !ended || best == 0 { // the last part may have ended early
			best = max(best, float64(done-before)/now.Sub(at).Seconds())
		}
		if ended {
			break
		}
		before, at = done, now
	}
	stop.Store(true)
	group.Wait()
	if err := failed.Load(); err != nil && !errors.Is(*err, errEnough) {
		return 0, *err
	}
	return best, s.ctx.Err()
}
