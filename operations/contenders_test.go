package operations

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// TestOtherPrograms runs the operations with common programs and verifies the outcome. It skips
// programs that are not installed.
func TestOtherPrograms(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the options are for the GNU programs")
	}
	appendInPython := `
import os, sys
with open(sys.argv[2], "wb") as log:
    for item, name in enumerate(sorted(os.listdir(sys.argv[1]))):
        content = open(os.path.join(sys.argv[1], name), "rb").read()
        log.write(f"record {item} {len(content)}\n".encode() + content + b"\n")
`
	flat := workload.Workload{Files: 30, Content: workload.ContentRandom, Lines: 10, Values: 3}
	tree := workload.Workload{From: makeTree(t)}
	tests := []struct {
		op   Operation
		load workload.Workload
		run  []string
	}{
		{copying{}, flat, []string{"cp", "-r", "{input}/.", "{output}"}},
		{copying{}, tree, []string{"cp", "-r", "{input}/.", "{output}"}},
		{zipping{}, flat, []string{"zip", "-q", "-r", "{output}", "."}},
		{zipping{}, flat, []string{"7z", "a", "-bso0", "-tzip", "{output}", "."}},
		{unzipping{}, flat, []string{"unzip", "-q", "{input}/" + ArchiveName, "-d", "{output}"}},
		{unzipping{}, flat, []string{"python3", "-m", "zipfile", "-e", "{input}/" + ArchiveName, "{output}"}},
		{deleting{}, tree, []string{"find", "{input}", "-mindepth", "1", "-delete"}},
		{moving{}, tree, []string{"find", "{input}", "-mindepth", "1", "-maxdepth", "1", "-exec", "mv", "-t", "{output}", "{}", "+"}},
		{appending{}, flat, []string{"python3", "-c", appendInPython, "{input}", "{output}"}},
	}
	for _, test := range tests {
		info := test.op.Info()
		t.Run(info.Name+"/"+test.run[0], func(t *testing.T) {
			program, err := exec.LookPath(test.run[0])
			if err != nil {
				t.Skip(err)
			}
			site := newSite(t, test.op, test.load, nil)
			if info.Needs == NeedsNothing { // a file for each item, for a script to append
				site.Input = newSite(t, read{}, test.load, nil).Input
			}
			fill := strings.NewReplacer("{input}", site.Input, "{output}", info.OutputPath(site.Output))
			cmd := exec.Command(program)
			for _, arg := range test.run {
				cmd.Args = append(cmd.Args, fill.Replace(arg))
			}
			cmd.Args = cmd.Args[1:]
			cmd.Dir = site.Input
			cmd.Stderr = os.Stderr
			must(t, cmd.Run())
			checkOutcome(t, test.op, site, nil)
		})
	}
}
