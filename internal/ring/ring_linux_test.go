package ring

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// newRing returns a ring on the thread of the test, with a table of 8 files.
func newRing(t *testing.T, requests, completions int) *Ring {
	t.Helper()
	if err := Check(); err != nil {
		t.Skip(Reason(err))
	}
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	r, err := New(requests, completions)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.RegisterFiles(8); err != nil {
		t.Fatal(err)
	}
	return r
}

func closeRing(t *testing.T, r *Ring) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// memory returns n bytes outside the Go heap.
func memory(t *testing.T, n int) []byte {
	t.Helper()
	m, err := Map(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Unmap(m); err != nil {
			t.Error(err)
		}
	})
	return m
}

// path returns a name for the kernel.
func path(t *testing.T, name string) *byte {
	m := memory(t, len(name)+1)
	copy(m, name)
	return &m[0]
}

// results returns the results of n requests, by tag.
func results(t *testing.T, r *Ring, n int) map[uint64]int32 {
	t.Helper()
	found := map[uint64]int32{}
	for len(found) < n {
		if err := r.Enter(1); err != nil {
			t.Fatal(err)
		}
		for tag, result, ok := r.Completion(); ok; tag, result, ok = r.Completion() {
			if _, twice := found[tag]; twice {
				t.Fatalf("request %d completed twice", tag)
			}
			found[tag] = result
		}
	}
	if r.InFlight() != 0 {
		t.Errorf("got %d requests in flight after all completions, want 0", r.InFlight())
	}
	return found
}

func checkResults(t *testing.T, got map[uint64]int32, want ...int32) {
	t.Helper()
	for tag, result := range want {
		if got[uint64(tag)] != result {
			t.Errorf("request %d: got result %d (%v), want %d", tag, got[uint64(tag)], unix.Errno(-got[uint64(tag)]), result)
		}
	}
}

func TestWriteThenRead(t *testing.T) {
	r := newRing(t, 16, 16)
	defer closeRing(t, r)
	name := filepath.Join(t.TempDir(), "file")
	at := path(t, name)
	out, in := memory(t, 10000), memory(t, 10000)
	for i := range out {
		out[i] = byte(i * 7)
	}
	chain := func(fill ...func(*Entry)) {
		for i, f := range fill {
			e := r.Next()
			e.Tag(uint64(i))
			f(e)
			if i < len(fill)-1 {
				e.Link()
			}
		}
	}
	chain(
		func(e *Entry) { e.Open(unix.AT_FDCWD, at, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o640, 3) },
		func(e *Entry) { e.Write(3, out, 0) },
		func(e *Entry) { e.Sync(3) },
		func(e *Entry) { e.Close(3) },
	)
	checkResults(t, results(t, r, 4), 0, 10000, 0, 0)
	if data, err := os.ReadFile(name); err != nil || !bytes.Equal(data, out) {
		t.Fatalf("the file has %d bytes of 10000, or other content: %v", len(data), err)
	}
	chain(
		func(e *Entry) { e.Open(unix.AT_FDCWD, at, unix.O_RDONLY, 0, 0) },
		func(e *Entry) { e.Read(0, in[1000:], 1000) },
		func(e *Entry) { e.Close(0) },
		func(e *Entry) { e.Unlink(unix.AT_FDCWD, at) },
	)
	checkResults(t, results(t, r, 4), 0, 9000, 0, 0)
	if !bytes.Equal(in[1000:], out[1000:]) || !bytes.Equal(in[:1000], make([]byte, 1000)) {
		t.Error("the bytes read differ from the bytes written")
	}
	if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file still exists: %v", err)
	}
}

// TestChains checks how a broken link affects the following requests.
func TestChains(t *testing.T) {
	r := newRing(t, 16, 16)
	defer closeRing(t, r)
	file := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(file, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	there, absent, buf := path(t, file), path(t, file+"-not"), memory(t, 200)
	enoent, cancelled, notOpen := -int32(unix.ENOENT), -int32(unix.ECANCELED), -int32(unix.EBADF)
	for name, c := range map[string]struct {
		path *byte
		link func(*Entry)
		size int
		want []int32
	}{
		"an open that fails":               {absent, (*Entry).Link, 100, []int32{enoent, cancelled, cancelled}},
		"a read in full":                   {there, (*Entry).Link, 100, []int32{0, 100, 0}},
		"a short read":                     {there, (*Entry).Link, 101, []int32{0, 100, cancelled}},
		"a short read with a hard link":    {there, (*Entry).LinkHard, 101, []int32{0, 100, 0}},
		"a failed open before a hard link": {absent, (*Entry).LinkHard, 101, []int32{enoent, cancelled, cancelled}},
	} {
		open, read, end := r.Next(), r.Next(), r.Next()
		open.Open(unix.AT_FDCWD, c.path, unix.O_RDONLY, 0, 1)
		open.Link()
		read.Read(1, buf[:c.size], 0)
		c.link(read)
		end.Close(1)
		for i, e := range []*Entry{open, read, end} {
			e.Tag(uint64(i))
		}
		t.Log(name)
		checkResults(t, results(t, r, 3), c.want...)
		// If the close was cancelled, the file is still in the table.
		r.Next().Close(1)
		last := results(t, r, 1)[0]
		if open := c.want[0] == 0 && c.want[2] == cancelled; open != (last == 0) || !open && last != notOpen {
			t.Errorf("%s: closing again: got result %d", name, last)
		}
	}
}

// TestOtherThreadIsRefused calls Enter on another thread.
func TestOtherThreadIsRefused(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	if r.params.flags&setupSingleIssuer == 0 {
		t.Skip("this kernel allows any thread to submit")
	}
	r.Next().Nop()
	errs := make(chan error)
	go func() { errs <- r.Enter(1) }()
	if err := <-errs; !errors.Is(err, unix.EEXIST) {
		t.Errorf("another thread entered: %v, want EEXIST", err)
	}
	checkResults(t, results(t, r, 1), 0)
}

func TestCloexecIsRefused(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	r.Next().Open(unix.AT_FDCWD, path(t, "/dev/null"), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0)
	checkResults(t, results(t, r, 1), -int32(unix.EINVAL))
}

// TestInvalidEntryDoesNotStopOthers tests SUBMIT_ALL.
func TestInvalidEntryDoesNotStopOthers(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	bad, good := r.Next(), r.Next()
	bad.op, bad.userData = 255, 0
	good.Nop()
	good.Tag(1)
	checkResults(t, results(t, r, 2), -int32(unix.EINVAL), 0)
}

// TestOverflow creates more completions than the queue can contain. The kernel must keep them.
func TestOverflow(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	const all = 100
	if size := int(r.params.cqEntries); size >= all {
		t.Fatalf("the queue has room for %d completions, and the test makes only %d", size, all)
	}
	for i := range all {
		e := r.Next()
		if e == nil {
			if err := r.Enter(0); err != nil {
				t.Fatal(err)
			}
			e = r.Next()
		}
		e.Nop()
		e.Tag(uint64(i))
	}
	if found := results(t, r, all); len(found) != all {
		t.Errorf("got %d completions, want %d", len(found), all)
	}
}

func TestFullQueueHasNoEntry(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	for n := r.Free(); n > 0; n-- {
		if r.Next() == nil {
			t.Fatalf("got no entry, want one: %d are free", n)
		}
	}
	if r.Next() != nil {
		t.Error("got an entry from a full queue")
	}
	if err := r.Enter(0); err != nil || r.Free() == 0 {
		t.Errorf("after submitting all entries: got %d free, error %v", r.Free(), err)
	}
}

func TestTimeout(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	m := memory(t, int(unsafe.Sizeof(Timespec{})))
	duration := (*Timespec)(unsafe.Pointer(&m[0]))
	duration.Set(1500 * time.Millisecond)
	if *duration != (Timespec{1, 500_000_000}) {
		t.Errorf("1.5 s: got %+v", *duration)
	}
	duration.Set(time.Millisecond)
	r.Next().Timeout(duration)
	checkResults(t, results(t, r, 1), -int32(unix.ETIME))
}

// TestCloseCancelsRequests closes a ring with a timeout of one hour, and with a read from a
// pipe without a writer.
func TestCloseCancelsRequests(t *testing.T) {
	r := newRing(t, 4, 4)
	m := memory(t, 4096)
	duration := (*Timespec)(unsafe.Pointer(&m[0]))
	duration.Set(time.Hour)
	r.Next().Timeout(duration)

	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	open, read := r.Next(), r.Next()
	open.Open(unix.AT_FDCWD, path(t, fifo), unix.O_RDWR, 0, 0)
	open.Link()
	open.Tag(1)
	read.Read(0, m[64:128], 0)
	read.Tag(2)
	if err := r.Enter(1); err != nil {
		t.Fatal(err)
	}
	if tag, result, ok := r.Completion(); !ok || tag != 1 || result != 0 {
		t.Fatalf("opening the pipe failed: request %d has result %d (%v)", tag, result, ok)
	}
	if r.InFlight() != 2 {
		t.Fatalf("got %d requests in flight, want 2", r.InFlight())
	}
	closeRing(t, r)
	if r.InFlight() != 0 {
		t.Errorf("got %d requests in flight after Close, want 0", r.InFlight())
	}
}

func TestLimitWorkers(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	if err := r.LimitWorkers(3); err != nil {
		t.Fatal(err)
	}
	// The call returns the previous limits.
	limits := [2]uint32{}
	if err := r.register(registerMaxWorkers, unsafe.Pointer(&limits), 2); err != nil || limits[0] != 3 {
		t.Errorf("got a limit of %d workers, want 3: %v", limits[0], err)
	}
}

func TestFileTableLimit(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<20 {
		t.Skipf("the limit of open files is %d, which is too large for this test: %v", limit.Cur, err)
	}
	other := newRing(t, 4, 4)
	defer closeRing(t, other)
	fresh, err := New(4, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer closeRing(t, fresh)
	if err := fresh.RegisterFiles(int(limit.Cur) + 1); !errors.Is(err, unix.EMFILE) {
		t.Errorf("a table larger than the limit: %v, want EMFILE", err)
	}
}

func TestMissingFeaturesAreNamed(t *testing.T) {
	r := newRing(t, 4, 4)
	defer closeRing(t, r)
	err := r.checkOps([]Op{Read, 250, 251})
	if err == nil || !strings.HasSuffix(err.Error(), "does not support opcode 250, opcode 251") {
		t.Errorf("got %v", err)
	}
	r.params.features &^= featLinkedFile
	err = r.checkFeatures(featSingleMmap | featLinkedFile)
	if err == nil || !strings.HasSuffix(err.Error(), "does not support FEAT_LINKED_FILE") {
		t.Errorf("got %v", err)
	}
	if found, advice := Explain(err, ""); !strings.Contains(found, "too old") || !strings.Contains(advice, "5.18") {
		t.Errorf("got explanation %q, advice %q", found, advice)
	}
}

// TestSetupFlags sets up a ring in each way, so that an older kernel is only slower.
func TestSetupFlags(t *testing.T) {
	newRing(t, 1, 1).Close()
	for _, flags := range setupFlags {
		t.Run(fmt.Sprintf("%#x", flags), func(t *testing.T) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			r, err := setUp(4, 4, flags)
			if errors.Is(err, unix.EINVAL) {
				t.Skip("the kernel is older than these flags")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer closeRing(t, r)
			for i := range 3 {
				e := r.Next()
				e.Nop()
				e.Tag(uint64(i))
			}
			checkResults(t, results(t, r, 3), 0, 0, 0)
		})
	}
	if _, err := setUp(4, 4, 1<<31); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a flag that no kernel supports: got %v, want EINVAL", err)
	}
}

func TestNoAllocations(t *testing.T) {
	r := newRing(t, 8, 8)
	defer closeRing(t, r)
	allocated := testing.AllocsPerRun(100, func() {
		for i := range 8 {
			e := r.Next()
			e.Nop()
			e.Tag(uint64(i))
		}
		if err := r.Enter(8); err != nil {
			t.Error(err)
		}
		r.discard()
	})
	if allocated > 0 {
		t.Errorf("got %v allocations for 8 requests, want 0", allocated)
	}
}
