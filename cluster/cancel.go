package cluster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"iosweep/internal/units"
)

// Cancel cancels the queued and running jobs of the sweep, and returns their number. It waits until Slurm has
// none of them.
func (s *Sweep) Cancel(ctx context.Context, progress func(left int)) (n int, err error) {
	arrays, err := s.arrays()
	if err != nil || len(arrays) == 0 {
		return 0, err
	}
	live := func() (jobs []string, n int, err error) {
		tasks, err := s.tasks(ctx, arrays)
		for _, t := range tasks {
			if !t.ended() {
				n++
				if !slices.Contains(jobs, t.Job) {
					jobs = append(jobs, t.Job)
				}
			}
		}
		return jobs, n, err
	}
	jobs, n, err := live()
	if err != nil || n == 0 {
		return 0, err
	}
	// scancel exits with 0 for an unknown job, too, so only the queue shows if it did anything.
	if _, err := slurm(ctx, "scancel", jobs...); err != nil {
		return 0, err
	}
	for {
		_, left, err := live()
		if err != nil || left == 0 {
			return n, err
		}
		progress(left)
		select {
		case <-ctx.Done():
			return n - left, fmt.Errorf("%s are still ending", units.Count(left, "job"))
		case <-time.After(time.Second):
		}
	}
}
