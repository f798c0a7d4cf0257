package process

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A MemoryWatch samples the memory of the processes that this process has started, directly or
// not. A program can leave its session, but after AdoptOrphans it stays a descendant.
//
// A page that several processes share counts once: the kernel divides it among them (PSS, the
// proportional set size). In a sum of resident sizes (RSS) the pages that forked processes share
// would count once for each process. But to compute the PSS, the kernel walks the page tables.
// That takes 10 to 25 ms for each GiB, and the process cannot map memory meanwhile. The RSS takes
// a few microseconds. So a sample reads the PSS only if the watch has used little time. Otherwise
// it adds the growth of the anonymous memory, which belongs to no file, to the latest PSS: new
// pages of this kind are not shared.
type MemoryWatch struct {
	self       bool // also sample this process
	end, ended chan struct{}
	sampled    Sampled
	// rest is what the PSS of each process had beside its anonymous memory when the PSS was read.
	// It is negative if a process shares much of that memory.
	rest map[int]int64
	cost float64 // cpu time to read the PSS, in nanoseconds for each byte of the RSS
	buf  []byte
}

// firstSamples are the times between the first samples. They are short, because a trial may be
// short. No second has more than four samples. sampleInterval separates all further samples.
var firstSamples = [...]time.Duration{20 * time.Millisecond, 80 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 320 * time.Millisecond}

const sampleInterval = 250 * time.Millisecond

// initialCost is the cost of the PSS before it was measured: 100 ns for each page of 4 KiB. A
// measured cost above highestCost is an accident, which must not forbid all further reading.
const (
	initialCost = 100.0 / (4 << 10)
	highestCost = 10 * initialCost
)

// WatchMemory starts to sample the memory of all descendants of this process, and of this process
// itself if self is set.
func WatchMemory(self bool) *MemoryWatch {
	w := newMemoryWatch(self)
	go w.run()
	return w
}

func newMemoryWatch(self bool) *MemoryWatch {
	return &MemoryWatch{
		self: self, end: make(chan struct{}), ended: make(chan struct{}),
		rest: map[int]int64{}, cost: initialCost, buf: make([]byte, 4<<10),
	}
}

// End ends the sampling.
func (w *MemoryWatch) End() Sampled {
	close(w.end)
	<-w.ended
	return w.sampled
}

func (w *MemoryWatch) run() {
	defer close(w.ended)
	begun := time.Now()
	for i := 0; ; i++ {
		select {
		case <-w.end:
			return
		case <-time.After(intervalBefore(i)):
		}
		if elapsed := time.Since(begun); allows(elapsed, w.sampled.CPU) {
			if sum, complete := w.sample(elapsed); complete {
				w.sampled.Highest = max(w.sampled.Highest, sum)
			}
		}
	}
}

// intervalBefore returns the time between a sample and the one before it. The first is sample 0.
func intervalBefore(sample int) time.Duration {
	if sample < len(firstSamples) {
		return firstSamples[sample]
	}
	return sampleInterval
}

// allows reports whether a watch may use this cpu time in all: one hundredth of the time since it
// began, and 2 ms for the first samples.
func allows(elapsed, used time.Duration) bool {
	return used <= elapsed/100+2*time.Millisecond
}

// threadTime returns the cpu time of this thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// sample returns the sum of the memory of all processes. The sample is incomplete if the PSS of a
// new process is unknown, and reading it would take too long.
func (w *MemoryWatch) sample(elapsed time.Duration) (sum int64, complete bool) {
	runtime.LockOSThread() // its clock measures the cpu time of the sample
	defer runtime.UnlockOSThread()
	begun := threadTime()
	defer func() { w.sampled.CPU += threadTime() - begun }()
	anonymous := map[int]int64{}
	total, known := int64(0), true
	for _, pid := range w.processes() {
		resident, anon := w.residentSize(pid)
		if resident == 0 {
			continue // it has ended
		}
		total += resident
		anonymous[pid] = anon
		_, found := w.rest[pid]
		known = known && found
	}
	listed := threadTime()
	switch {
	case allows(elapsed, w.sampled.CPU+listed-begun+time.Duration(w.cost*float64(total))):
		clear(w.rest)
		for pid, anon := range anonymous {
			w.rest[pid] = w.proportionalSize(pid) - anon
		}
		w.setCost(threadTime()-listed, total)
	case !known:
		return 0, false
	}
	for pid, anon := range anonymous {
		sum += max(0, anon+w.rest[pid])
	}
	return sum, sum > 0
}

// setCost sets the cost of the PSS after reading it for some bytes of the RSS. Nothing is known of
// the cost if there were none.
func (w *MemoryWatch) setCost(took time.Duration, resident int64) {
	if resident > 0 {
		w.cost = min(highestCost, float64(took)/float64(resident))
	}
}

// processes returns the PIDs of the descendants, and of this process if it is sampled.
func (w *MemoryWatch) processes() []int {
	own := os.Getpid()
	pids := w.appendChildren(nil, own)
	for i := 0; i < len(pids); i++ {
		pids = w.appendChildren(pids, pids[i])
	}
	if w.self {
		pids = append(pids, own)
	}
	return pids
}

// appendChildren appends the children of a process that are not in the list yet: another process
// may have adopted them while the list was made. The kernel lists them by the threads that have
// started them: see proc_pid_task(5). Without CONFIG_PROC_CHILDREN no process has children. The
// function children does not need that, but it reads a file of each process of the machine, which is
// too slow for a sample.
func (w *MemoryWatch) appendChildren(list []int, pid int) []int {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return list // it has ended
	}
	threads, _ := dir.Readdirnames(-1)
	_ = dir.Close()
	for _, thread := range threads {
		for field := range strings.FieldsSeq(string(w.readFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread)))) {
			if child, err := strconv.Atoi(field); err == nil && !slices.Contains(list, child) {
				list = append(list, child)
			}
		}
	}
	return list
}

// residentSize returns the RSS of a process in bytes, and the part of it that belongs to no file:
// see proc_pid_statm(5). Both are 0 if the process has ended.
func (w *MemoryWatch) residentSize(pid int) (resident, anonymous int64) {
	fields := bytes.Fields(w.readFile(fmt.Sprintf("/proc/%d/statm", pid)))
	if len(fields) < 3 {
		return 0, 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	ofFiles, _ := strconv.ParseInt(string(fields[2]), 10, 64)
	size := int64(os.Getpagesize())
	return pages * size, (pages - ofFiles) * size
}

// proportionalSize returns the PSS of a process in bytes: see proc_pid_smaps(5). It returns the RSS
// if the kernel has no PSS (before Linux 4.14), and for a process of another user.
func (w *MemoryWatch) proportionalSize(pid int) int64 {
	for line := range bytes.Lines(w.readFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == "Pss:" {
			n, _ := strconv.ParseInt(string(fields[1]), 10, 64)
			return n << 10
		}
	}
	resident, _ := w.residentSize(pid)
	return resident
}

// readFile returns the content of a file of /proc until the next call, and nothing after an error.
// It makes fewer system calls than package os, which tries to poll every file.
func (w *MemoryWatch) readFile(path string) []byte {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	for size := 0; ; {
		if size == len(w.buf) {
			w.buf = append(w.buf, make([]byte, size)...)
		}
		n, err := unix.Read(fd, w.buf[size:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil
		case n == 0:
			return w.buf[:size]
		default:
			size += n
			w.sampled.Read += int64(n)
		}
	}
}
