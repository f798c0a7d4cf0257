package strategies

import (
	"context"
	"errors"
	"time"

	"iosweep/operations"
)

// Timing is a tally with the two times that a trial is made of.
type Timing struct {
	Stats
	Startup time.Duration // until every worker waited at the gate
	Work    time.Duration // from the gate to the end of the last item and of End
}

// Run does a whole job. After an error the timing says what was done until then.
func Run(ctx context.Context, s Strategy, job Job) (Timing, error) {
	var t Timing
	begun := time.Now()
	crew, err := s.Start(ctx, job)
	t.Startup = time.Since(begun)
	if err != nil {
		return t, err
	}
	if r, ok := crew.(preparer); ok {
		err = r.Prepare()
	}
	if err == nil {
		opened := time.Now()
		err = crew.Work(ctx)
		t.Work = time.Since(opened)
	}
	tally, stopErr := crew.Stop()
	t.Stats = tally
	return t, errors.Join(err, stopErr)
}

// A readier crew has something to do before its gate that belongs neither to the
// startup nor to the work.
type preparer interface {
	// Ready is called once, after Start and before Work.
	Prepare() error
}

// bracketed runs work between the task's Begin and End, where it has them. Both
// belong to the operation, so they lie within what is timed.
func bracketed(task operations.Task, work func() error) error {
	b, ok := task.(operations.Bracketed)
	if !ok {
		return work()
	}
	if err := b.Begin(); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	return b.End()
}
