//go:build unix

package trial

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"iosweep/internal/fault"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// TestFaultNeedsEvidence checks that no fault is recorded for a contender that prints that the
// disk is full when it is not.
func TestFaultNeedsEvidence(t *testing.T) {
	manifest := workload.NewManifest(workload.File{Name: "a", Size: 10})
	ws, err := workspace.Create(t.TempDir(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Remove()
	output, err := ws.Make("trials/1/output")
	if err != nil {
		t.Fatal(err)
	}
	spec := &Spec{
		Setting: Setting{Operation: "copy", Workspace: ws.Path(), Site: operations.Site{Output: output, Manifest: manifest}},
		Command: &Command{Name: "liar"},
	}
	for _, message := range []string{"No space left on device", "Read-only file system", "Input/output error", "Disk quota exceeded"} {
		stderr := &stderrTail{}
		fmt.Fprintln(stderr, "liar:", message)
		failed := fmt.Errorf("liar: %w%s", &exec.ExitError{}, stderr.quoted())
		if err := spec.markFault(ws, nil, failed, stderr); fault.InChain(err) != "" || spec.fault(err) != "" {
			t.Errorf("%q: got the fault %q, want none", message, spec.fault(err))
		}
		if err := spec.markFault(ws, &journal.Measurement{}, nil, stderr); err != nil {
			t.Errorf("a successful trial: got %v", err)
		}
		// An outcome that needs more space than there is counts as evidence.
		spec.Site.Manifest = workload.NewManifest(workload.File{Name: "a", Size: 1 << 60})
		err := spec.markFault(ws, nil, failed, stderr)
		if want := map[bool]string{true: fault.Full}[strings.HasPrefix(message, "No space")]; spec.fault(err) != want {
			t.Errorf("%q, with an outcome that is too large: got %q, want %q", message, spec.fault(err), want)
		}
		spec.Site.Manifest = manifest
	}
}
