package runner

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

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
// noise, neither its own loop nor those of processes that it has left by themselves.
func TestNoise(t *testing.T) {
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
    run: [OWN, -c, "(OWN -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done' &); i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; cat *"]
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

// TestWhatWasDroppedIsNotStored: a file that is gone before it was written back. A system whose memory is full of
// unwritten pages may write a file back at once, and then it was stored: what waits is stored first, and several files
// are tried.
func TestWhatWasDroppedIsNotStored(t *testing.T) {
	const bytes = 4 << 20
	dir := t.TempDir()
	var stored []int64
	for range 10 {
		must(t, waitStored(dir))
		written, left := storeAndDrop(t, dir, bytes)
		if written < bytes {
			t.Skip("what is written here need not be stored: ", sysinfo.FilesystemOf(dir).Type)
		}
		if left < bytes {
			return
		}
		stored = append(stored, left)
	}
	t.Errorf("of files of %d bytes that were removed at once, these many bytes are stored: %d", bytes, stored)
}

// storeAndDrop writes a file of so many bytes and removes it: what was counted as stored before the file went, and after.
func storeAndDrop(t *testing.T, dir string, bytes int) (written, left int64) {
	path := filepath.Join(dir, "file")
	before := readIO()
	must(t, os.WriteFile(path, make([]byte, bytes), 0o600))
	first := readIO().storedSince(before)
	must(t, os.Remove(path))
	second := readIO().storedSince(before)
	if first == nil || second == nil {
		t.Fatal("it is not known what was stored")
	}
	return *first, *second
}

// waitStored waits until all that was written to the file system of dir is stored.
func waitStored(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

func TestStoredSince(t *testing.T) {
	before := ioCount{known: true, stored: 1000}
	if n := (ioCount{known: true, stored: 1500}).storedSince(before); n == nil || *n != 500 {
		t.Error(n)
	}
	if n := (ioCount{known: true, stored: 10}).storedSince(before); n == nil || *n != 0 {
		t.Error("what was taken back of earlier writes is no negative amount", n)
	}
	if (ioCount{}).storedSince(before) != nil || before.storedSince(ioCount{}) != nil {
		t.Error("what is not known is no zero")
	}
}
