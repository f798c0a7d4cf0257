package trial

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// newHangingTrial returns a trial whose contender does not end.
func newHangingTrial(t *testing.T) (*Launcher, *Spec, *workspace.Workspace) {
	t.Helper()
	l := &Launcher{RunID: "test-" + strconv.FormatInt(time.Now().UnixNano(), 36), TimeoutKey: "trials.timeout", Timeout: 700 * time.Millisecond}
	ws, err := workspace.Create(t.TempDir(), l.RunID)
	must(t, err)
	t.Cleanup(func() { must(t, ws.Remove()) })
	output, err := ws.Make("trials/1/output")
	must(t, err)
	w := workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}
	manifest, err := workload.Survey(t.Context(), w)
	must(t, err)
	path := filepath.Join(filepath.Dir(output), "manifest")
	f, err := ws.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	must(t, err)
	_, err = manifest.WriteTo(f)
	must(t, errors.Join(err, f.Close()))
	return l, &Spec{
		Setting: Setting{Operation: "write", Manifest: path, Workspace: ws.Path(), RunID: l.RunID, Site: operations.Site{Workload: w, Output: output}},
		Command: &Command{Name: "hangs", Argv: []string{"sleep", "1000"}, Dir: output},
	}, ws
}

// checkNoProcess fails the test if a process of the run is still running.
func (l *Launcher) checkNoProcess(t *testing.T) {
	t.Helper()
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		if environ, err := os.ReadFile(path); err == nil && bytes.Contains(environ, []byte(process.RunVariable+"="+l.RunID+"\x00")) {
			t.Errorf("a process is still running: %s", path)
		}
	}
}

func TestHangingTrialIsKilledAtTimeout(t *testing.T) {
	l, spec, ws := newHangingTrial(t)
	record := &journal.Trial{Status: journal.Failed}
	suspended, _ := l.Run(t.Context(), spec, ws, record)
	if suspended != "" || record.Status != journal.Timeout || record.Error != "killed at the timeout of 700ms (trials.timeout)" {
		t.Errorf("%s: %s; suspended %q", record.Status, record.Error, suspended)
	}
	l.checkNoProcess(t)
}

func TestHangingTrialIsKilledWithRun(t *testing.T) {
	l, spec, ws := newHangingTrial(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	l.Run(ctx, spec, ws, &journal.Trial{})
	l.checkNoProcess(t)
}

// TestCrashErrors checks that the error contains the exit status and the reason from stderr.
func TestCrashErrors(t *testing.T) {
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
		child := newChild()
		cmd := exec.Command("sh", "-c", script)
		cmd.Stdout, cmd.Stderr = &child.stdout, &child.stderr
		child.err = cmd.Run()
		child.state = cmd.ProcessState
		var record journal.Trial
		child.judge(child.result(), "1s (trials.timeout)", &record)
		if record.Status != journal.Crashed || record.Error != want {
			t.Errorf("%s\ngot %s: %s\nwant: %s", script, record.Status, record.Error, want)
		}
	}
}

func TestSuspensionPrecedesResponse(t *testing.T) {
	for output, want := range map[string]response{
		"":                    {},
		`{"suspended":"why"}`: {Suspended: "why"},
		`{"suspended":"why"}` + "\n" + `{"status":"failed","error":"e"}` + "\n": {Suspended: "why", Status: "failed", Error: "e"},
		`{"suspended":"why"}` + "\n" + `{"stat`:                                 {Suspended: "why"},
		strings.Repeat(`{"suspended":"why"}`, 3) + `{"suspended":"again"}`:      {Suspended: "again"},
	} {
		child := child{stdout: outputHead{buf: []byte(output), size: int64(len(output))}}
		if got := child.result(); got != want {
			t.Errorf("%s: got %+v, want %+v", output, got, want)
		}
	}
}
