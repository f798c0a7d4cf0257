package runner

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// hangingRun is a run whose trial hangs: its contender does not end.
func hangingRun(t *testing.T) (*run, *trialSpec, *workspace.Workspace) {
	t.Helper()
	plan := NewPlan(parse(t, small, "trials.timeout=700ms"))
	r := &run{Prepared: &Prepared{ID: "test-" + strconv.FormatInt(time.Now().UnixNano(), 36), Plan: plan}}
	ws, err := workspace.Create(t.TempDir(), r.ID)
	must(t, err)
	t.Cleanup(func() { must(t, ws.Remove()) })
	output, err := ws.Make("trials/1/output")
	must(t, err)
	w := workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}
	manifest, err := workload.Survey(t.Context(), w)
	must(t, err)
	path, err := newStore(ws, time.Minute).manifest(w, manifest)
	must(t, err)
	return r, &trialSpec{
		setting: setting{Operation: "write", Manifest: path, Workspace: ws.Path(), RunID: r.ID, Site: operations.Site{Workload: w, Output: output}},
		Command: &commandSpec{Name: "hangs", Argv: []string{"sleep", "1000"}, Dir: output},
	}, ws
}

// gone fails the test if a process of the run is left.
func (r *run) gone(t *testing.T) {
	t.Helper()
	if left := processesOf(r.ID); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

func TestATrialThatHangsIsEnded(t *testing.T) {
	r, spec, ws := hangingRun(t)
	record := &journal.Trial{Status: journal.Failed}
	suspended, _ := r.runChild(t.Context(), spec, ws, record)
	if suspended != "" || record.Status != journal.Timeout || record.Error != "killed at the timeout of 700ms (trials.timeout)" {
		t.Errorf("%s: %s; suspended %q", record.Status, record.Error, suspended)
	}
	r.gone(t)
}

func TestATrialThatHangsIsAbandoned(t *testing.T) {
	r, spec, ws := hangingRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	r.runChild(ctx, spec, ws, &journal.Trial{})
	r.gone(t)
}

// TestEndRun kills the processes of a run, whatever sessions they are in, and leaves
// the other children of this process alone.
func TestEndRun(t *testing.T) {
	const id = "test-of-end-run"
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip(err)
	}
	other := exec.Command("sleep", "1000")
	must(t, other.Start())
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	adoptOrphans()
	parent := exec.Command("sh", "-c", "setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000")
	parent.Env = append(os.Environ(), runVariable+"="+id)
	must(t, parent.Start())
	for len(processesOf(id)) < 5 {
		time.Sleep(time.Millisecond)
	}
	must(t, parent.Process.Kill())
	if err := parent.Wait(); err == nil {
		t.Error("the shell was not killed")
	}
	endRun(id)
	if left := processesOf(id); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	must(t, other.Process.Signal(unix.Signal(0)))
	for _, pid := range children() {
		if pid != other.Process.Pid {
			t.Errorf("process %d is left, as a zombie", pid)
		}
	}
}

// TestHowAProcessCrashed: what a program says in its last words, and how it ended.
func TestHowAProcessCrashed(t *testing.T) {
	for script, want := range map[string]string{
		`echo "x
panic: boom [recovered]

goroutine 1 [running]:
main.main()" >&2; exit 2`: "the trial's process ended without a result: exit status 2: panic: boom [recovered]",
		`echo "fatal error: runtime: out of memory
" >&2; exit 2`: "the trial's process ended without a result: exit status 2: fatal error: runtime: out of memory",
		`echo no trace >&2; exit 3`:                    "the trial's process ended without a result: exit status 3: no trace",
		`kill -SEGV $$`:                                "ended by signal: segmentation fault",
		`echo '{"status": "ok"'`:                       "the trial's process ended without a result: exit status 0",
		`echo '{"status":"ok"}'; echo why >&2; exit 1`: "the trial's process ended without a result: exit status 1: why",
	} {
		var child childRun
		cmd := exec.Command("sh", "-c", script)
		cmd.Stdout, cmd.Stderr = &child.answer, &child.said
		child.err = cmd.Run()
		child.state = cmd.ProcessState
		var record journal.Trial
		child.judge(child.result(), time.Second, &record)
		if record.Status != journal.Crashed || record.Error != want {
			t.Errorf("%s\n%s: %s\nwant: %s", script, record.Status, record.Error, want)
		}
	}
}

func TestSuspensionsAreToldBeforehand(t *testing.T) {
	for said, want := range map[string]trialResult{
		"":                    {},
		`{"suspended":"why"}`: {Suspended: "why"},
		`{"suspended":"why"}` + "\n" + `{"status":"failed","error":"e"}` + "\n": {Suspended: "why", Status: "failed", Error: "e"},
		`{"suspended":"why"}` + "\n" + `{"stat`:                                 {Suspended: "why"},
		strings.Repeat(`{"suspended":"why"}`, 3) + `{"suspended":"again"}`:      {Suspended: "again"},
	} {
		child := childRun{answer: answer{buf: []byte(said)}}
		if got := child.result(); got != want {
			t.Errorf("%s: %+v, want %+v", said, got, want)
		}
	}
}
