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

// shellAs returns the path of a shell whose processes have the given name.
func shellAs(t *testing.T, dir, name string) string {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	if shell, err = filepath.EvalSymlinks(shell); err != nil || strings.Contains(shell, "busybox") {
		t.Skip("this shell depends on its name, so it cannot have another: ", shell, err)
	}
	path := filepath.Join(dir, name)
	must(t, os.Symlink(shell, path))
	return path
}

// TestNoise checks that a busy process that does not belong to a trial is named as noise. The loops
// of the trial's own processes must not count as noise, including a process that is no longer a
// child of the contender. The contender waits for that process: on a busy machine it could exceed
// the timeout for orphans.
func TestNoise(t *testing.T) {
	if testing.Short() {
		t.Skip("the test keeps the machine busy")
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
			t.Errorf("%s: got the noise %q without a busy process", trial.Name, m.Noise)
		}
		if m.Others == nil || m.Stored == nil {
			t.Errorf("%s: the CPU use of others and the stored bytes must be known here: %+v", trial.Name, m)
		}
	}
	// Several busy processes use more CPU time than other processes of this machine. Each attempt
	// adds more, because other processes may use much.
	var results []string
	louder := true // another process was named, so it used more CPU time
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
				t.Errorf("%s: the trial's own work counts as noise: %q", trial.Name, m.Noise)
			}
			if *m.Others >= 0.1 && namesNoisy.MatchString(m.Noise) {
				named++
				continue
			}
			results = append(results, fmt.Sprintf("%s: others used %v cpus, noise %q", trial.Name, *m.Others, m.Noise))
			louder = louder && *m.Others >= 0.1 && namesAny.MatchString(m.Noise)
		}
		if named == len(loud.Trials) {
			return
		}
	}
	if louder { // that process may have reserved processors, which more busy processes would not get
		t.Skipf("another process on this machine uses more CPU time in each attempt:\n%s", strings.Join(results, "\n"))
	}
	t.Errorf("noisybeside is not named:\n%s", strings.Join(results, "\n"))
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

// TestStored checks that the bytes written to a disk are counted for all processes of a trial, and
// that earlier writes are not counted.
func TestStored(t *testing.T) {
	dir := t.TempDir()
	if kind := sysinfo.FilesystemOf(dir).Type; kind != "ext4" && kind != "xfs" && kind != "btrfs" {
		t.Skip("this file system may not store data on a disk: ", kind)
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
			t.Errorf("%s: the stored bytes are unknown", trial.Name)
		case strings.HasPrefix(trial.Name, "write/") && (*m.Stored < m.OutputBytes || *m.Stored > 2*m.OutputBytes):
			t.Errorf("%s: %d bytes were stored for an output of %d bytes, want at most twice the output", trial.Name, *m.Stored, m.OutputBytes)
		case strings.HasPrefix(trial.Name, "read/") && *m.Stored >= m.Bytes:
			t.Errorf("%s: %d bytes were stored, want less than the %d bytes read", trial.Name, *m.Stored, m.Bytes)
		}
	}
}
