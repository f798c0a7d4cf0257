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

func TestKilledOwnerUnlocksDirectory(t *testing.T) {
	dir := t.TempDir()
	owner := helperCommand("lock", dir)
	output, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	defer owner.Wait()
	defer owner.Process.Kill()
	var child int
	if _, err := fmt.Fscan(output, &child); err != nil {
		t.Fatal(err)
	}
	orphan, err := os.FindProcess(child)
	if err != nil {
		t.Fatal(err)
	}
	defer orphan.Kill()

	_, err = Lock(dir)
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v, want a *LockedError", err)
	}
	host, _ := os.Hostname()
	if locked.PID != owner.Process.Pid || locked.Host != host || locked.Since.IsZero() {
		t.Errorf("the owner is %+v, want process %d on %s", locked, owner.Process.Pid, host)
	}
	for _, part := range []string{dir, fmt.Sprint("process ", owner.Process.Pid), host, "since", "wait"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}

	if user := InUse(dir); user == nil || user.PID != owner.Process.Pid {
		t.Errorf("the directory is in use by %+v, want process %d", user, owner.Process.Pid)
	}

	owner.Process.Kill()
	owner.Wait()
	if user := InUse(dir); user != nil {
		t.Errorf("the directory is in use by %+v after its owner was killed", user)
	}
	// The child of the owner is alive, and has not inherited the lock.
	next, err := Lock(dir)
	if err != nil {
		t.Fatalf("after the owner was killed: %v", err)
	}
	if err := next.Release(); err != nil {
		t.Error(err)
	}
}

func TestOneOfFiftyLocksTheDirectory(t *testing.T) {
	dir := t.TempDir()
	// The entry of a killed owner must not be taken for the entry of the winner.
	stale := fmt.Sprintf(`{"pid":%d,"host":%q,"since":"2026-01-02T03:04:05Z"}`+"\n", deadProcess(t), hostname(t))
	if err := os.WriteFile(filepath.Join(dir, LockName), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	winners := make(chan *DirLock, 50)
	var group sync.WaitGroup
	for range cap(winners) {
		group.Go(func() {
			winner, err := Lock(dir)
			var locked *LockedError
			switch {
			case err == nil:
				winners <- winner
			case !errors.As(err, &locked) || locked.PID != os.Getpid():
				t.Errorf("got %v, want a LockedError of process %d", err, os.Getpid())
			}
		})
	}
	group.Wait()
	if n := len(winners); n != 1 {
		t.Fatalf("%d goroutines have the lock, want 1", n)
	}
	if err := (<-winners).Release(); err != nil {
		t.Error(err)
	}
}

func TestReleaseLeavesDirectoryUnchanged(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		lock, err := Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Lock(dir); err == nil {
			t.Fatal("it was locked twice")
		}
		if content, _ := os.ReadFile(filepath.Join(dir, LockName)); len(content) == 0 {
			t.Error("the lock file does not name its owner")
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("after Release the directory contains %v, %v", left, err)
		}
	}
}

// TestOwnerWithoutName tries a lock whose owner cannot write its name, or has not written
// it yet.
func TestOwnerWithoutName(t *testing.T) {
	for name, content := range map[string]string{
		"nothing":            "",
		"half a line":        fmt.Sprintf(`{"pid":%d,"host":%q`, os.Getpid(), hostname(t)),
		"a killed process":   fmt.Sprintf(`{"pid":%d,"host":%q,"since":"2026-01-02T03:04:05Z"}`+"\n", deadProcess(t), hostname(t)),
		"something else":     "hello\n",
		"process 0":          `{"pid":0,"host":"h","since":"2026-01-02T03:04:05Z"}` + "\n",
		"a negative process": `{"pid":-1,"host":"h","since":"2026-01-02T03:04:05Z"}` + "\n",
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
		var locked *LockedError
		if !errors.As(err, &locked) || locked.PID != 0 || !strings.Contains(err.Error(), "another process") {
			t.Errorf("%s: got %v, want a LockedError of another process", name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%s: the refused process changed it to %q", name, now)
		}
		silent.Close()
	}
}

// TestOwnerOnAnotherHost checks that such an owner is trusted: this host cannot know
// whether it is alive.
func TestOwnerOnAnotherHost(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LockName)
	line := fmt.Sprintf(`{"pid":%d,"host":"elsewhere","since":"2026-01-02T03:04:05Z"}`+"\n", deadProcess(t))
	if err := os.WriteFile(path, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	remote := flock.New(path)
	if ok, err := remote.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer remote.Close()
	if _, err := Lock(dir); err == nil || !strings.Contains(err.Error(), "on elsewhere, since 2026-01-0") {
		t.Errorf("got %v, want an owner on another host", err)
	}
}

func TestLockNeedsDirectory(t *testing.T) {
	_, err := Lock(filepath.Join(t.TempDir(), "absent"))
	var locked *LockedError
	if !errors.Is(err, os.ErrNotExist) || errors.As(err, &locked) {
		t.Errorf("got %v, want an error that it does not exist", err)
	}
}

// deadProcess returns the id of a process that has ended.
func deadProcess(t *testing.T) int {
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
