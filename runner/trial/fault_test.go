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

// TestOnlyWhatIsSo: a contender that says that the disk is full, where it is not,
// has failed by itself.
func TestOnlyWhatIsSo(t *testing.T) {
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
	for _, words := range []string{"No space left on device", "Read-only file system", "Input/output error", "Disk quota exceeded"} {
		said := &stderrTail{}
		fmt.Fprintln(said, "liar:", words)
		failed := fmt.Errorf("liar: %w%s", &exec.ExitError{}, said.quoted())
		if err := spec.markFault(ws, nil, failed, said); fault.InChain(err) != "" || spec.fault(err) != "" {
			t.Errorf("%q is believed: %q", words, spec.fault(err))
		}
		if err := spec.markFault(ws, &journal.Measurement{}, nil, said); err != nil {
			t.Errorf("a trial that ended well: %v", err)
		}
		// An outcome that there is no room for is another matter.
		spec.Site.Manifest = workload.NewManifest(workload.File{Name: "a", Size: 1 << 60})
		err := spec.markFault(ws, nil, failed, said)
		if want := map[bool]string{true: fault.Full}[strings.HasPrefix(words, "No space")]; spec.fault(err) != want {
			t.Errorf("%q, with too large an outcome: %q, expected %q", words, spec.fault(err), want)
		}
		spec.Site.Manifest = manifest
	}
}
