package runner

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"iosweep/internal/sysinfo"
	"iosweep/journal"
)

// shellAs is a shell whose processes have a name of their own.
func shellAs(t *testing.T, dir, name string) string {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	if shell, err = filepath.EvalSymlinks(shell); err != nil || strings.Contains(shell, "busybox") {
		t.Skip("a shell that goes by its name cannot be given another: ", shell, err)
	}
	path := filepath.Join(dir, name)
	must(t, os.Symlink(shell, path))
	return path
}

// TestNoise: a process beside a trial is named, and what the trial does itself is not
// noise, neither its own loop nor those of processes that it has left by themselves. It
// waits for them: on a busy machine they could be taken for some that do not end.
func TestNoise(t *testing.T) {
	if testing.Short() {
		t.Skip("it keeps the machine busy")
	}
	dir := t.TempDir()
	noisy, own := shellAs(t, dir, "noisybeside"), shellAs(t, dir, "ownwork")
	const source = `
name: noise
workload: {files: 3, lines: 3}
grid: {operation: read, strategy: [reader, worker]}
baseline: {strategy: reader}
commands:
  reader: {operation: read, run: [sh, -c, "sleep 0.5; cat *"]}
  worker:
    operation: read
    run: [OWN, -c, "(OWN -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; : >OWN.done' &); i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done;
      until [ -e OWN.done ]; do sleep 0.01; done; rm OWN.done; cat *"]
trials: {repeats: 1, warmup: 0}
`
	text := strings.ReplaceAll(source, "OWN", own)
	_, quiet, _ := runIt(t, t.Context(), text)
	for _, trial := range quiet.Trials {
		m := measured(t, trial)
		if strings.Contains(m.Noise, "ownwork") || strings.Contains(m.Noise, "noisybeside") {
			t.Errorf("%s: %q", trial.Name, m.Noise)
		}
		if m.Others == nil || m.Stored == nil {
			t.Errorf("%s: neither others' processors nor what was stored may be unknown here: %+v", trial.Name, m)
		}
	}
	// Several, so that they are louder than whatever else this machine may be at; and
	// more each time, because it may be at much.
	var said []string
	louder := true // whatever is named instead uses more
	for range 4 {
		for range 4 {
			busy := exec.Command(noisy, "-c", "while :; do :; done")
			must(t, busy.Start())
			defer func() { _ = busy.Process.Kill(); _ = busy.Wait() }()
		}
		_, loud, _ := runIt(t, t.Context(), text)
		named := 0
		for _, trial := range loud.Trials {
			m := measured(t, trial)
			if strings.Contains(m.Noise, "ownwork") {
				t.Errorf("%s: its own work is called noise: %q", trial.Name, m.Noise)
			}
			if *m.Others >= 0.1 && namesNoisy.MatchString(m.Noise) {
				named++
				continue
			}
			said = append(said, fmt.Sprintf("%s: %v processors of others, noise %q", trial.Name, *m.Others, m.Noise))
			louder = louder && *m.Others >= 0.1 && namesAny.MatchString(m.Noise)
		}
		if named == len(loud.Trials) {
			return
		}
	}
	if louder { // it may have processors of its own, which no more of ours would get
		t.Skipf("something else on this machine is louder each time:\n%s", strings.Join(said, "\n"))
	}
	t.Errorf("noisybeside is not named:\n%s", strings.Join(said, "\n"))
}

var namesAny = regexp.MustCompile(`^other processes used \d+\.\d\d cpus, (most of it|above all) `)

var namesNoisy = regexp.MustCompile(`^other processes used \d\.\d\d cpus, (most of it|above all) noisybeside \(\d+ processes, pid \d+ among them\)`)

func measured(t *testing.T, trial journal.Trial) *journal.Measurement {
	t.Helper()
	if trial.Status != journal.OK || trial.Measurement == nil {
		t.Fatalf("%s: %s %s", trial.Name, trial.Status, trial.Error)
	}
	return trial.Measurement
}

// TestStored: what is written to a disk is counted, whoever of the trial writes it,
// and not what was written before.
func TestStored(t *testing.T) {
	dir := t.TempDir()
	if kind := sysinfo.FilesystemOf(dir).Type; kind != "ext4" && kind != "xfs" && kind != "btrfs" {
		t.Skip("what is written here need not be stored: ", kind)
	}
	_, log, _ := runIt(t, t.Context(), `
name: stored
workload: {files: 3, content: bytes, size: 100000}
grid:
  - {operation: write, strategy: [sequential, threads, processes], workers: 2, sync: end}
  - {operation: read, strategy: sequential, cache: warm}
trials: {repeats: 1, warmup: 0}
`)
	for _, trial := range log.Trials {
		m := measured(t, trial)
		switch {
		case m.Stored == nil:
			t.Errorf("%s: it is not known what was stored", trial.Name)
		case strings.HasPrefix(trial.Name, "write/") && (*m.Stored < m.OutputBytes || *m.Stored > 2*m.OutputBytes):
			t.Errorf("%s: of %d bytes %d were stored", trial.Name, m.OutputBytes, *m.Stored)
		case strings.HasPrefix(trial.Name, "read/") && *m.Stored >= m.Bytes:
			t.Errorf("%s: %d bytes were stored", trial.Name, *m.Stored)
		}
	}
}
