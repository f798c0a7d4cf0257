package strategies

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"iosweep/operations"
)

// plainDirs makes, opens and removes directories anywhere. This is enough below a test's
// temporary directory.
type plainDirs struct{}

func (plainDirs) Open(path string) (*os.File, error) { return os.Open(path) }
func (plainDirs) Mkdir(path string) error            { return os.Mkdir(path, 0o755) }
func (plainDirs) Rmdir(path string) error            { return os.Remove(path) }

// workerEnv is set in a worker process that runs this test binary.
const workerEnv = "IOSWEEP_TEST_WORKER"

// lockEnv contains the path of the file that worker processes lock.
const lockEnv = "IOSWEEP_TEST_LOCK"

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		err := Serve(context.Background(), os.Stdin, os.Stdout, Host{Open: openFake, Lock: openLock, PeakMemory: func() int64 { return 12345 }, RunDelay: func() (time.Duration, bool) { return time.Minute, true }})
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// openLock opens the lock file, whose path is in the environment.
func openLock() (*os.File, error) {
	return os.OpenFile(os.Getenv(lockEnv), os.O_RDWR|os.O_CREATE, 0o600)
}

// openFake opens the task of a worker process, which is a fake or a real one.
func openFake(spec json.RawMessage) (operations.Task, error) {
	var real realSpec
	if err := json.Unmarshal(spec, &real); err == nil && real.Operation != "" {
		return real.open()
	}
	var f fake
	if err := json.Unmarshal(spec, &f); err != nil {
		return nil, err
	}
	if f.Zip != nil {
		return openZip(*f.Zip)
	}
	return f.open()
}

// A fake describes an operation that does no work. It writes a log, line by line, each with one
// write in append mode. So the log has one order even if several processes write it.
type fake struct {
	Zip    *operations.Site `json:"zip,omitempty"` // the task is a real zip instead
	Log    string           `json:"log"`
	Staged bool             `json:"staged"`
	// Batched operations are staged and can store many items at a time.
	Batched bool `json:"batched"`
	// FailAt is the item that fails, and DieAt the item that kills its process; -1 means none.
	FailAt int `json:"fail_at"`
	DieAt  int `json:"die_at"`
	// Meet is the number of items that must be in flight before an item continues; 0 means that
	// it does not wait.
	Meet int `json:"meet"`
	// Slow items take a millisecond, so that others can run at the same time.
	Slow bool `json:"slow"`
	// Blocks is the number of blocks of each third item with a stage; 0 means that every item is
	// one block. An item of n bytes has at most n blocks.
	Blocks int `json:"blocks"`
	// FailIn is the stage in which an item fails at its last block, instead of at its first one.
	FailIn string `json:"fail_in"`
}

// fakeTask writes the log. fakeStaged does the same in three stages.
type fakeTask struct {
	fake
	log     *os.File
	loading *sync.Map // *operations.Scratch -> the block that it must load next
}

type fakeStaged struct{ fakeTask }

var (
	_ operations.Staged    = fakeStaged{}
	_ operations.Bracketed = fakeTask{}
)

func (f fake) open() (operations.Task, error) {
	log, err := os.OpenFile(f.Log, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	t := fakeTask{f, log, &sync.Map{}}
	if f.Batched {
		return fakeBatched{fakeStaged{t}}, nil
	}
	if f.Staged {
		return fakeStaged{t}, nil
	}
	return t, nil
}

func (t fakeTask) note(format string, args ...any) error {
	_, err := fmt.Fprintf(t.log, format+"\n", args...)
	return err
}

// stage logs the beginning and the end of a stage of an item. In between it fails, dies or waits
// for others, as the fake says.
func (t fakeTask) stage(name string, item int) error {
	if err := t.note("+ %s %d", name, item); err != nil {
		return err
	}
	if item == t.FailAt && t.FailIn == "" {
		return fmt.Errorf("item %d: injected failure", item)
	}
	if item == t.DieAt {
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
		select {}
	}
	if t.Meet > 0 {
		if err := t.meet(name); err != nil {
			return err
		}
	}
	if t.Slow {
		time.Sleep(time.Millisecond)
	}
	return t.note("- %s %d", name, item)
}

// meet waits until Meet items have begun this stage.
func (t fakeTask) meet(name string) error {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		data, err := os.ReadFile(t.Log)
		if err != nil {
			return err
		}
		if strings.Count(string(data), "+ "+name) >= t.Meet {
			return nil
		}
	}
	return fmt.Errorf("fewer than %d items were in flight at once", t.Meet)
}

func digestOf(item int) uint32 { return uint32(item)*2654435761 + 1 }

func (t fakeTask) Do(s *operations.Scratch, item int) (operations.Result, error) {
	if s.Yield != nil {
		s.Yield()
	}
	if err := t.stage("do", item); err != nil {
		return operations.Result{}, err
	}
	return operations.Result{Bytes: int64(item), Digest: digestOf(item)}, nil
}

func (t fakeTask) Begin() error { return t.note("begin") }
func (t fakeTask) End() error   { return t.note("end") }
func (t fakeTask) Close() error { return t.log.Close() }

// stageOf logs a stage of a block. The stage of an item is logged with one of its blocks, and the
// other blocks are only logged as blocks.
func (t fakeTask) stageOf(name string, p *operations.StagedItem, counts bool) error {
	if err := t.note("block %s %d %d %d %v", name, p.Item, p.Offset, p.Size, p.Last); err != nil {
		return err
	}
	if p.Item == t.FailAt && name == t.FailIn && p.Last {
		return fmt.Errorf("item %d: injected failure", p.Item)
	}
	if !counts {
		return nil
	}
	return t.stage(name, p.Item)
}

// cut sets the size of a block as Load does. It checks that the blocks of an item come in order,
// and from one worker.
func (t fakeTask) cut(s *operations.Scratch, p *operations.StagedItem) error {
	size, blocks := int64(p.Item), int64(1)
	if p.Item%3 == 0 {
		blocks = max(1, int64(t.Blocks))
	}
	want, within := t.loading.Load(s)
	if at := [2]int64{int64(p.Item), p.Offset}; p.Offset == 0 && within || p.Offset != 0 && want != at {
		return fmt.Errorf("got the block at %d of item %d, want the block %v", p.Offset, p.Item, want)
	}
	p.Size = min(max(1, (size+blocks-1)/blocks), size-p.Offset)
	p.Last = p.End() == size
	t.loading.Store(s, [2]int64{int64(p.Item), p.End()})
	if p.Last {
		t.loading.Delete(s)
	}
	return nil
}

// The stages pass on the item's number and the block as content, so that a lost, repeated or
// mixed-up StagedItem is detected.
func (t fakeStaged) Load(s *operations.Scratch, p *operations.StagedItem) error {
	if err := t.cut(s, p); err != nil {
		return err
	}
	p.Data = fmt.Appendf(p.Data, "loaded %d at %d", p.Item, p.Offset)
	p.CRC = digestOf(p.Item)
	return t.stageOf("load", p, p.Offset == 0)
}

func (t fakeStaged) Compute(_ *operations.Scratch, p *operations.StagedItem) error {
	if want := fmt.Sprintf("loaded %d at %d", p.Item, p.Offset); string(p.Data) != want {
		return fmt.Errorf("compute got %q, want %q", p.Data, want)
	}
	p.Data = fmt.Appendf(p.Data[:0], "computed %d at %d", p.Item, p.Offset)
	return t.stageOf("compute", p, p.Offset == 0)
}

func (t fakeStaged) Commit(_ *operations.Scratch, p *operations.StagedItem) (operations.Result, error) {
	if want := fmt.Sprintf("computed %d at %d", p.Item, p.Offset); string(p.Data) != want || p.CRC != digestOf(p.Item) {
		return operations.Result{}, fmt.Errorf("commit got %q with %d, want %q", p.Data, p.CRC, want)
	}
	if err := t.stageOf("commit", p, p.Last); err != nil {
		return operations.Result{}, err
	}
	return operations.Result{Bytes: p.Size}, nil
}

func (t fakeStaged) Do(s *operations.Scratch, item int) (operations.Result, error) {
	var p operations.StagedItem
	return p.Blocks(item, func() (operations.Result, error) {
		if err := errors.Join(t.Load(s, &p), t.Compute(s, &p)); err != nil {
			return operations.Result{}, err
		}
		return t.Commit(s, &p)
	})
}

// newFake returns a fake without failures.
func newFake(t *testing.T) fake {
	return fake{Log: filepath.Join(t.TempDir(), "log"), FailAt: -1, DieAt: -1}
}

// job returns a job for the fake, with four workers if the strategy has workers.
func (f fake) job(t *testing.T, items int) Job {
	t.Helper()
	task, err := f.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { task.Close() })
	spec, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return Job{Task: task, Items: items, Workers: 4, Threads: 2, Chunk: 1, Queue: 2, Spec: spec, Command: workerCommand(t)}
}

// workerCommand returns the Command of a job whose processes run this test program.
func workerCommand(t *testing.T) func() *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(t.TempDir(), "lock")
	return func() *exec.Cmd {
		cmd := exec.Command(self)
		// A program with the race detector sleeps for a second before it ends.
		cmd.Env = append(os.Environ(), workerEnv+"=1", lockEnv+"="+lock, "GORACE=atexit_sleep_ms=0")
		cmd.Stderr = os.Stderr
		return cmd
	}
}

// A history is the parsed log of a fake.
type history struct {
	did     map[string]map[int]int // stage -> item -> number of times that it ended
	most    map[string]int         // stage -> largest number of items at once
	overall int                    // the same for all stages together
	lines   []string
}

func (f fake) history(t *testing.T) history {
	t.Helper()
	file, err := os.Open(f.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	h := history{did: map[string]map[int]int{}, most: map[string]int{}}
	now, all := map[string]int{}, 0
	for s := bufio.NewScanner(file); s.Scan(); {
		h.lines = append(h.lines, s.Text())
		var sign, stage string
		var item int
		if n, _ := fmt.Sscan(s.Text(), &sign, &stage, &item); n != 3 || sign == "block" {
			continue
		}
		if sign == "+" {
			now[stage]++
			all++
			h.most[stage] = max(h.most[stage], now[stage])
			h.overall = max(h.overall, all)
			continue
		}
		now[stage]--
		all--
		if h.did[stage] == nil {
			h.did[stage] = map[int]int{}
		}
		h.did[stage][item]++
	}
	return h
}

// exactlyOnce checks that each item was done once in a stage.
func (h history) exactlyOnce(t *testing.T, stage string, items int) {
	t.Helper()
	for item := range items {
		if n := h.did[stage][item]; n != 1 {
			t.Errorf("item %d: got %s %d times, want once", item, stage, n)
		}
	}
	if len(h.did[stage]) > items {
		t.Errorf("got %s for %d items, want %d", stage, len(h.did[stage]), items)
	}
}
