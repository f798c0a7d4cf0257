package strategies

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// A workerProcess is the parent's side of a worker process.
type workerProcess struct {
	cmd          *exec.Cmd
	stdin        io.WriteCloser
	out          *frameWriter
	in           *frameReader
	tasksPending int // sent to the process and not done yet
	itemsPending int // sent to the process and not yet returned for the parent to finish
}

// startWorker starts a worker process. It does not wait for its hello frame.
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

// sendJob sends the job to the process. It does not wait until the task is open.
func (p *workerProcess) sendJob(job Job, wj workerJob) error {
	wj.Spec, wj.Items, wj.Sink = job.Spec, job.Items, job.Sink
	wj.CommitAnywhere = job.CommitAnywhere
	body, err := json.Marshal(wj)
	if err != nil {
		return err
	}
	return p.send(frameJob, body)
}

// sendTasks sends tasks to the process in one frame. If back is true, the process returns
// the items for the parent to finish.
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

// send writes a frame. A broken pipe means that the process has failed or died. send then
// returns the error of the process.
func (p *workerProcess) send(kind frameKind, body []byte) error {
	err := p.out.write(kind, body)
	if errors.Is(err, syscall.EPIPE) {
		for err = nil; err == nil; {
			_, _, err = p.read()
		}
	}
	return err
}

// read returns the next frame. If the process reports a failure, read returns it as an error.
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

// explainEnd returns the reason why a process ended unexpectedly.
func (p *workerProcess) explainEnd(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("worker process %d: %w", p.cmd.Process.Pid, err)
	}
	// The process has closed its output, so this does not wait for long.
	if waited := p.cmd.Wait(); waited != nil {
		return fmt.Errorf("worker process %d died: %w", p.cmd.Process.Pid, waited)
	}
	return fmt.Errorf("worker process %d ended before it finished its work", p.cmd.Process.Pid)
}

// expect reads one frame and checks its kind.
func (p *workerProcess) expect(want frameKind) ([]byte, error) {
	kind, body, err := p.read()
	if err == nil && kind != want {
		err = fmt.Errorf("worker process %d: got frame %q, want %q", p.cmd.Process.Pid, kind, want)
	}
	return body, err
}

// finish asks the process to end, and adds its counts. It calls done when the process has no
// more work.
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

// kill kills the process and waits for it. The exit status does not matter.
func (p *workerProcess) kill() {
	p.stdin.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
