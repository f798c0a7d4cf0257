package strategies

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// process is a worker process, seen from its parent.
type process struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	out     *frameWriter
	in      *frameReader
	pending int // tasks that it was given and has not finished
	owed    int // items that it was given to ship and has not shipped
}

// spawn starts a worker process. It does not wait for its hello.
func spawn(job Job) (*process, error) {
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
	return &process{cmd: cmd, stdin: stdin, out: &frameWriter{out: stdin}, in: newFrameReader(stdout)}, nil
}

// brief tells the process its job. It does not wait until its task is open.
func (p *process) brief(job Job, wj workerJob) error {
	wj.Spec, wj.Items, wj.Sink = job.Spec, job.Items, job.Sink
	wj.CommitAnywhere = job.CommitAnywhere
	body, err := json.Marshal(wj)
	if err != nil {
		return err
	}
	return p.tell(frameJob, body)
}

// give sends the process tasks to do, in one frame.
func (p *process) give(tasks []span) error {
	if len(tasks) == 0 {
		return nil
	}
	var body []byte
	for _, t := range tasks {
		body = appendSpan(body, t)
	}
	p.pending += len(tasks)
	return p.tell(frameTasks, body)
}

// tell writes a frame. A process that takes nothing in any more has failed or died,
// and that is the error then.
func (p *process) tell(kind frameKind, body []byte) error {
	err := p.out.write(kind, body)
	if errors.Is(err, syscall.EPIPE) {
		for err = nil; err == nil; {
			_, _, err = p.read()
		}
	}
	return err
}

// read returns the next frame; a failure that the process tells of is an error.
func (p *process) read() (frameKind, []byte, error) {
	kind, body, err := p.in.read()
	if err != nil {
		return 0, nil, p.died(err)
	}
	if kind == frameFailed {
		return 0, nil, errors.New(string(body))
	}
	return kind, body, nil
}

// died explains the end of a process that was not asked to end.
func (p *process) died(err error) error {
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
func (p *process) expect(want frameKind) ([]byte, error) {
	kind, body, err := p.read()
	if err == nil && kind != want {
		err = fmt.Errorf("worker process %d: frame %q where %q was expected", p.cmd.Process.Pid, kind, want)
	}
	return body, err
}

// dismiss lets the process end by itself and returns its summary.
func (p *process) dismiss() (summary, error) {
	var s summary
	if err := p.stdin.Close(); err != nil {
		p.kill()
		return s, err
	}
	body, err := p.expect(frameSummary)
	if err != nil {
		p.kill()
		return s, err
	}
	err = json.Unmarshal(body, &s)
	return s, errors.Join(err, p.cmd.Wait())
}

// kill ends the process and reaps it. How it ended is no news.
func (p *process) kill() {
	p.stdin.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
