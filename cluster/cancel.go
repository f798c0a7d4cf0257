package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"iosweep/internal/durable"
)

// Cancel cancels the queued and running jobs of the sweep, and returns their number. It waits until Slurm has
// none of them.
func (s *Sweep) Cancel(ctx context.Context, progress func(left int)) (n int, err error) {
	arrays, err := s.arrays()
	if err != nil || len(arrays) == 0 {
		return 0, err
	}
	live := func() ([]ShardTask, error) {
		tasks, err := s.tasks(ctx, arrays)
		return slices.DeleteFunc(tasks, func(t ShardTask) bool { return t.ended() }), err
	}
	tasks, err := live()
	if n = len(tasks); err != nil || n == 0 {
		return 0, err
	}
	// scancel exits with 0 for an unknown job, too, so only the queue shows if it did anything.
	if _, err := slurm(ctx, "scancel", jobsOf(tasks)...); err != nil {
		return 0, err
	}
	if err := s.noteCancelled(arrays, tasks); err != nil {
		return 0, err
	}
	for {
		tasks, err := live()
		left := len(tasks)
		if err != nil || left == 0 {
			return n, err
		}
		progress(left)
		select {
		case <-ctx.Done():
			return n - left, fmt.Errorf("jobs that are still ending: %d", left)
		case <-time.After(time.Second):
		}
	}
}

// jobsOf returns the jobs of tasks, each once.
func jobsOf(tasks []ShardTask) (jobs []string) {
	for _, t := range tasks {
		if !slices.Contains(jobs, t.Job) {
			jobs = append(jobs, t.Job)
		}
	}
	return jobs
}

// noteCancelled marks the arrays of tasks as cancelled.
func (s *Sweep) noteCancelled(arrays []Array, tasks []ShardTask) error {
	for _, a := range arrays {
		if !slices.ContainsFunc(tasks, func(t ShardTask) bool { return t.Array == a.Name }) {
			continue
		}
		a.Cancelled = true
		data, err := json.Marshal(a)
		if err == nil {
			err = durable.WriteFile(s.arrayPath(s.numberOf(a)), data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
