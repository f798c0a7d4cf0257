package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

func TestAKilledHolderFreesTheDirectory(t *testing.T) {
	dir := t.TempDir()
	holder := helperCommand("hold", dir)
	said, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer holder.Wait()
	defer holder.Process.Kill()
	var child int
	if _, err := fmt.Fscan(said, &child); err != nil {
		t.Fatal(err)
	}
	orphan, err := os.FindProcess(child)
	if err != nil {
		t.Fatal(err)
	}
	defer orphan.Kill()

	_, err = Lock(dir)
	var held *heldError
	if !errors.As(err, &held) {
		t.Fatalf("got %v, want that it is held", err)
	}
	host, _ := os.Hostname()
	if held.PID != holder.Process.Pid || held.Host != host || held.Since.IsZero() {
		t.Errorf("it is said to be held by %+v, want process %d on %s", held, holder.Process.Pid, host)
	}
	for _, part := range []string{dir, fmt.Sprint("process ", holder.Process.Pid), host, "since", "wait"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}

	holder.Process.Kill()
	holder.Wait()
	// The holder's child is alive, and has inherited nothing.
	next, err := Lock(dir)
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	if err := next.Release(); err != nil {
		t.Error(err)
	}
}

func TestOneOfFiftyGetsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	// What a holder that was killed has left must not be taken for the winner's.
	stale := fmt.Sprintf(`{"pid":%d,"host":%q,"since":"2026-01-02T03:04:05Z"}`+"\n", aDeadProcess(t), hostname(t))
	if err := os.WriteFile(filepath.Join(dir, LockName), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	winners := make(chan *DirLock, 50)
	var group sync.WaitGroup
	for range cap(winners) {
		group.Go(func() {
			winner, err := Lock(dir)
			var held *heldError
			switch {
			case err == nil:
				winners <- winner
			case !errors.As(err, &held) || held.PID != os.Getpid():
				t.Errorf("got %v, want that process %d has it", err, os.Getpid())
			}
		})
	}
	group.Wait()
	if n := len(winners); n != 1 {
		t.Fatalf("%d have the directory, want 1", n)
	}
	if err := (<-winners).Release(); err != nil {
		t.Error(err)
	}
}

func TestAReleasedDirectoryIsAsItWas(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		held, err := Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Lock(dir); err == nil {
			t.Fatal("it was locked twice")
		}
		if content, _ := os.ReadFile(filepath.Join(dir, LockName)); len(content) == 0 {
			t.Error("it does not say who holds it")
		}
		if err := held.Release(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("after the release there is %v, %v", left, err)
		}
	}
}

// TestAHolderThatDoesNotSay is one that cannot, or has not got so far yet.
func TestAHolderThatDoesNotSay(t *testing.T) {
	for name, content := range map[string]string{
		"nothing":              "",
		"half a line":          fmt.Sprintf(`{"pid":%d,"host":%q`, os.Getpid(), hostname(t)),
		"one that was killed":  fmt.Sprintf(`{"pid":%d,"host":%q,"since":"2026-01-02T03:04:05Z"}`+"\n", aDeadProcess(t), hostname(t)),
		"something else":       "hello\n",
		"no process at all":    `{"pid":0,"host":"h","since":"2026-01-02T03:04:05Z"}` + "\n",
		"less than no process": `{"pid":-1,"host":"h","since":"2026-01-02T03:04:05Z"}` + "\n",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, LockName)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		silent := flock.New(path)
		if ok, err := silent.TryLock(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		_, err := Lock(dir)
		var held *heldError
		if !errors.As(err, &held) || held.PID != 0 || !strings.Contains(err.Error(), "another process") {
			t.Errorf("%s: got %v, want that another process has it", name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%s: who was refused changed it to %q", name, now)
		}
		silent.Close()
	}
}

// TestAHolderOnAnotherHost is believed: nothing can be known of it here.
func TestAHolderOnAnotherHost(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LockName)
	line := fmt.Sprintf(`{"pid":%d,"host":"elsewhere","since":"2026-01-02T03:04:05Z"}`+"\n", aDeadProcess(t))
	if err := os.WriteFile(path, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	far := flock.New(path)
	if ok, err := far.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer far.Close()
	if _, err := Lock(dir); err == nil || !strings.Contains(err.Error(), "on elsewhere, since 2026-01-0") {
		t.Errorf("got %v, want that it is held elsewhere", err)
	}
}

func TestALockNeedsADirectory(t *testing.T) {
	_, err := Lock(filepath.Join(t.TempDir(), "absent"))
	var held *heldError
	if !errors.Is(err, os.ErrNotExist) || errors.As(err, &held) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}

// aDeadProcess is the id of a process that has ended.
func aDeadProcess(t *testing.T) int {
	t.Helper()
	cmd := helperCommand("idle", "")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	return cmd.Process.Pid
}

func hostname(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return name
}
