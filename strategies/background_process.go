package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// backgroundProcess does all items one after another in a new process, while
// the caller goes on.
type backgroundProcess struct{}

var _ Strategy = backgroundProcess{}

func (backgroundProcess) Info() Info {
	return Info{
		Name:  "background-process",
		About: "a one-off job in a new process: blocked_seconds is what the caller waits",
		Axes:  []string{"sink"},
	}
}

func (backgroundProcess) Start(ctx context.Context, job Job) (Crew, error) {
	return &emissary{job: job, ledger: newLedger(job.Items, 1)}, nil
}

// emissary is the crew of one process that does everything by itself. Starting
// it is part of the work: it is what holds the caller up.
type emissary struct {
	job    Job
	ledger *ledger
}

var _ Crew = (*emissary)(nil)

func (e *emissary) Work(ctx context.Context) error {
	e.ledger.open()
	p, err := spawn(e.job)
	if err != nil {
		return err
	}
	if err := p.brief(e.job, workerJob{Whole: true, Threads: 1}); err != nil {
		p.kill()
		return err
	}
	blocked := time.Since(e.ledger.opened)
	e.ledger.blocked = &blocked
	disarm := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer disarm()
	err = e.follow(p)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// follow waits until everything is saved, and then for the process's end.
func (e *emissary) follow(p *process) error {
	err := e.result(p)
	if err != nil {
		p.kill()
		return err
	}
	e.ledger.outOfWork()
	p.stdin.Close()
	return p.cmd.Wait()
}

func (e *emissary) result(p *process) error {
	if _, err := p.expect(frameHello); err != nil {
		return err
	}
	body, err := p.expect(frameDone)
	if err != nil {
		return err
	}
	if _, err := decodeDone(body, e.ledger.digests); err != nil {
		return err
	}
	body, err = p.expect(frameSummary)
	if err != nil {
		return err
	}
	var s summary
	return errors.Join(json.Unmarshal(body, &s), e.ledger.book(s))
}

func (e *emissary) Stop() (Tally, error) { return e.ledger.tally(), nil }
