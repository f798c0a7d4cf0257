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

// made is a ring on the thread of the test, with a table of 8 files.
func made(t *testing.T, requests, answers int) *Ring {
	t.Helper()
	if err := Check(); err != nil {
		t.Skip(Reason(err))
	}
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	r, err := New(requests, answers)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.RegisterFiles(8); err != nil {
		t.Fatal(err)
	}
	return r
}

func closed(t *testing.T, r *Ring) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// memory is n bytes that the kernel may use.
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

// path is a name for the kernel.
func path(t *testing.T, name string) *byte {
	m := memory(t, len(name)+1)
	copy(m, name)
	return &m[0]
}

// answers are the results of n requests, by tag.
func answers(t *testing.T, r *Ring, n int) map[uint64]int32 {
	t.Helper()
	found := map[uint64]int32{}
	for len(found) < n {
		if err := r.Enter(1); err != nil {
			t.Fatal(err)
		}
		for tag, result, ok := r.Completion(); ok; tag, result, ok = r.Completion() {
			if _, twice := found[tag]; twice {
				t.Fatalf("two completions of %d", tag)
			}
			found[tag] = result
		}
	}
	if r.InFlight() != 0 {
		t.Errorf("%d requests are under way after all completions", r.InFlight())
	}
	return found
}

func sameAnswers(t *testing.T, got map[uint64]int32, want ...int32) {
	t.Helper()
	for tag, result := range want {
		if got[uint64(tag)] != result {
			t.Errorf("request %d answered %d (%v), want %d", tag, got[uint64(tag)], unix.Errno(-got[uint64(tag)]), result)
		}
	}
}

func TestWriteThenRead(t *testing.T) {
	r := made(t, 16, 16)
	defer closed(t, r)
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
	sameAnswers(t, answers(t, r, 4), 0, 10000, 0, 0)
	if data, err := os.ReadFile(name); err != nil || !bytes.Equal(data, out) {
		t.Fatalf("the file has %d bytes of 10000, or others: %v", len(data), err)
	}
	chain(
		func(e *Entry) { e.Open(unix.AT_FDCWD, at, unix.O_RDONLY, 0, 0) },
		func(e *Entry) { e.Read(0, in[1000:], 1000) },
		func(e *Entry) { e.Close(0) },
		func(e *Entry) { e.Unlink(unix.AT_FDCWD, at) },
	)
	sameAnswers(t, answers(t, r, 4), 0, 9000, 0, 0)
	if !bytes.Equal(in[1000:], out[1000:]) || !bytes.Equal(in[:1000], make([]byte, 1000)) {
		t.Error("other bytes were read than were written, or elsewhere")
	}
	if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

// TestChains: what a broken link does to the requests behind it.
func TestChains(t *testing.T) {
	r := made(t, 16, 16)
	defer closed(t, r)
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
		"an open that fails":                 {absent, (*Entry).Link, 100, []int32{enoent, cancelled, cancelled}},
		"a read in full":                     {there, (*Entry).Link, 100, []int32{0, 100, 0}},
		"a short read":                       {there, (*Entry).Link, 101, []int32{0, 100, cancelled}},
		"a short read that is tied hard":     {there, (*Entry).LinkHard, 101, []int32{0, 100, 0}},
		"a failed open before one tied hard": {absent, (*Entry).LinkHard, 101, []int32{enoent, cancelled, cancelled}},
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
		sameAnswers(t, answers(t, r, 3), c.want...)
		// A file whose close was cancelled is open still; the table is as it was.
		r.Next().Close(1)
		last := answers(t, r, 1)[0]
		if open := c.want[0] == 0 && c.want[2] == cancelled; open != (last == 0) || !open && last != notOpen {
			t.Errorf("%s: closing once more answered %d", name, last)
		}
	}
}

// TestARingIsOfOneThread: what is said in the package comment is no mere advice.
func TestARingIsOfOneThread(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	if r.params.flags&setupSingleIssuer == 0 {
		t.Skip("this kernel lets any thread submit")
	}
	r.Next().Nop()
	elsewhere := make(chan error)
	go func() { elsewhere <- r.Enter(1) }()
	if err := <-elsewhere; !errors.Is(err, unix.EEXIST) {
		t.Errorf("another thread entered: %v, want EEXIST", err)
	}
	sameAnswers(t, answers(t, r, 1), 0)
}

func TestADescriptorFlagIsRefused(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	r.Next().Open(unix.AT_FDCWD, path(t, "/dev/null"), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0)
	sameAnswers(t, answers(t, r, 1), -int32(unix.EINVAL))
}

// TestARefusedEntryStopsNoOther: SUBMIT_ALL.
func TestARefusedEntryStopsNoOther(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	bad, good := r.Next(), r.Next()
	bad.op, bad.userData = 255, 0
	good.Nop()
	good.Tag(1)
	sameAnswers(t, answers(t, r, 2), -int32(unix.EINVAL), 0)
}

// TestOverflow: more completions than there is room for are kept by the kernel.
func TestOverflow(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	const all = 100
	if room := int(r.params.cqEntries); room >= all {
		t.Fatalf("there is room for %d completions and the test makes %d", room, all)
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
	if found := answers(t, r, all); len(found) != all {
		t.Errorf("%d completions of %d", len(found), all)
	}
}

func TestAFullQueueGivesNoEntry(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	for n := r.Free(); n > 0; n-- {
		if r.Next() == nil {
			t.Fatalf("no entry with room for %d", n)
		}
	}
	if r.Next() != nil {
		t.Error("an entry without room for it")
	}
	if err := r.Enter(0); err != nil || r.Free() == 0 {
		t.Errorf("after all were handed over there is room for %d: %v", r.Free(), err)
	}
}

func TestWait(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	m := memory(t, int(unsafe.Sizeof(Timespec{})))
	while := (*Timespec)(unsafe.Pointer(&m[0]))
	while.Set(1500 * time.Millisecond)
	if *while != (Timespec{1, 500_000_000}) {
		t.Errorf("1.5 s is %+v", *while)
	}
	while.Set(time.Millisecond)
	r.Next().Wait(while)
	sameAnswers(t, answers(t, r, 1), -int32(unix.ETIME))
}

// TestCloseEndsWhatIsUnderWay: a wait of an hour, and a read from a pipe that nobody
// writes to.
func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	r := made(t, 4, 4)
	m := memory(t, 4096)
	while := (*Timespec)(unsafe.Pointer(&m[0]))
	while.Set(time.Hour)
	r.Next().Wait(while)

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
		t.Fatalf("the pipe was not opened: %d answered %d (%v)", tag, result, ok)
	}
	if r.InFlight() != 2 {
		t.Fatalf("%d requests are under way, want 2", r.InFlight())
	}
	closed(t, r)
	if r.InFlight() != 0 {
		t.Errorf("%d requests are under way after Close", r.InFlight())
	}
}

func TestLimitWorkers(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	if err := r.LimitWorkers(3); err != nil {
		t.Fatal(err)
	}
	// The call answers with what held before.
	limits := [2]uint32{}
	if err := r.register(registerMaxWorkers, unsafe.Pointer(&limits), 2); err != nil || limits[0] != 3 {
		t.Errorf("bounded to %d workers, want 3: %v", limits[0], err)
	}
}

func TestTheTableIsBounded(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<20 {
		t.Skipf("the limit of open files is %d: too many to try: %v", limit.Cur, err)
	}
	other := made(t, 4, 4)
	defer closed(t, other)
	fresh, err := New(4, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, fresh)
	if err := fresh.RegisterFiles(int(limit.Cur) + 1); !errors.Is(err, unix.EMFILE) {
		t.Errorf("a table larger than the limit: %v, want EMFILE", err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	r := made(t, 4, 4)
	defer closed(t, r)
	err := r.supports([]Op{Read, 250, 251})
	if err == nil || !strings.HasSuffix(err.Error(), "lacks opcode 250, opcode 251") {
		t.Errorf("got %v", err)
	}
	r.params.features &^= featLinkedFile
	err = r.lacking(featSingleMmap | featLinkedFile)
	if err == nil || !strings.HasSuffix(err.Error(), "lacks FEAT_LINKED_FILE") {
		t.Errorf("got %v", err)
	}
	if found, advice := Explain(err, ""); !strings.Contains(found, "too old") || !strings.Contains(advice, "5.18") {
		t.Errorf("it is explained as %q, %q", found, advice)
	}
}

// TestOlderFlavours: each way to set up a ring works, so that an older kernel is only
// slower.
func TestOlderFlavours(t *testing.T) {
	made(t, 1, 1).Close()
	for _, flavour := range flavours {
		t.Run(fmt.Sprintf("%#x", flavour), func(t *testing.T) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			r, err := setUp(4, 4, flavour)
			if errors.Is(err, unix.EINVAL) {
				t.Skip("the kernel is older than these flags")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer closed(t, r)
			for i := range 3 {
				e := r.Next()
				e.Nop()
				e.Tag(uint64(i))
			}
			sameAnswers(t, answers(t, r, 3), 0, 0, 0)
		})
	}
	if _, err := setUp(4, 4, 1<<31); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a flag that no kernel knows: %v, want EINVAL", err)
	}
}

func TestNoAllocations(t *testing.T) {
	r := made(t, 8, 8)
	defer closed(t, r)
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
		t.Errorf("%v allocations for 8 requests", allocated)
	}
}
