package strategies

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// workerProcess is a worker process, seen from its parent.
type workerProcess struct {
	cmd          *exec.Cmd
	stdin        io.WriteCloser
	out          *frameWriter
	in           *frameReader
	tasksPending int // sent to it, and not done
	itemsPending int // sent to it, to be finished here, and not yet back
}

// startWorker starts a worker process. It does not wait for its hello.
func startWorker(job Job) (*workerProcess, error) {
	cmd := job.Command()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("worker process: %w", err)
	}
	return &workerProcess{cmd: cmd, stdin: stdin, out: &frameWriter{out: stdin}, in: newFrameReader(stdout)}, nil
}

// sendJob sends the process its job. It does not wait until the task is open.
func (p *workerProcess) sendJob(job Job, wj workerJob) error {
	wj.Spec, wj.Items, wj.Sink = job.Spec, job.Items, job.Sink
	wj.CommitAnywhere = job.CommitAnywhere
	body, err := json.Marshal(wj)
	if err != nil {
		return err
	}
	return p.send(frameJob, body)
}

// sendTasks sends the process tasks to do, in one frame. back says that their items
// come back to be finished here.
func (p *workerProcess) sendTasks(tasks []span, back bool) error {
	if len(tasks) == 0 {
		return nil
	}
	var body []byte
	for _, t := range tasks {
		body = appendSpan(body, t)
		if back {
			p.itemsPending += t.hi - t.lo
		}
	}
	p.tasksPending += len(tasks)
	return p.send(frameTasks, body)
}

// send writes a frame. If the process reads no more, it has failed or died, and
// send returns that error.
func (p *workerProcess) send(kind frameKind, body []byte) error {
	err := p.out.write(kind, body)
	if errors.Is(err, syscall.EPIPE) {
		for err = nil; err == nil; {
			_, _, err = p.read()
		}
	}
	return err
}

// read returns the next frame. A failure that the process reports is an error.
func (p *workerProcess) read() (frameKind, []byte, error) {
	kind, body, err := p.in.read()
	if err != nil {
		return 0, nil, p.explainEnd(err)
	}
	if kind == frameFailed {
		return 0, nil, errors.New(string(body))
	}
	return kind, body, nil
}

// explainEnd explains the end of a process that was not asked to end.
func (p *workerProcess) explainEnd(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("worker process %d: %w", p.cmd.Process.Pid, err)
	}
	// Its output is at its end, so this does not wait for long.
	if waited := p.cmd.Wait(); waited != nil {
		return fmt.Errorf("worker process %d died: %w", p.cmd.Process.Pid, waited)
	}
	return fmt.Errorf("worker process %d ended before its work did", p.cmd.Process.Pid)
}

// expect reads one frame of a kind.
func (p *workerProcess) expect(want frameKind) ([]byte, error) {
	kind, body, err := p.read()
	if err == nil && kind != want {
		err = fmt.Errorf("worker process %d: frame %q where %q was expected", p.cmd.Process.Pid, kind, want)
	}
	return body, err
}

// finish lets the process end by itself and counts what it did. It calls done when the
// process has nothing left to do.
func (p *workerProcess) finish(c *counters, done func()) error {
	err := p.stdin.Close()
	var body []byte
	if err == nil {
		body, err = p.expect(frameSummary)
	}
	if err != nil {
		p.kill()
		return err
	}
	done()
	var s summary
	if err = json.Unmarshal(body, &s); err == nil {
		err = c.addSummary(s)
	}
	return errors.Join(err, p.cmd.Wait())
}

// kill ends the process and reaps it. How it ended does not matter.
func (p *workerProcess) kill() {
	p.stdin.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
