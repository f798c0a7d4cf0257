package sysinfo

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// kernelThread is PF_KTHREAD in the flags of a process: include/linux/sched.h.
const kernelThread = 0x00200000

// snapshot reads the stat file of every visible process. A trial needs two snapshots, and
// procfs.AllProcs with Stat takes ten times as long: 16 ms instead of 1.7 ms for 115 processes. So
// snapshot allocates little memory: all files share buffers, and are opened relative to the
// descriptor of /proc.
func (r Root) snapshot() snapshot {
	c := snapshot{at: time.Now(), processes: map[int]process{}}
	proc, err := unix.Open(r.Path("/proc"), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return c
	}
	defer unix.Close(proc)
	entries, stat := make([]byte, 16<<10), make([]byte, 1<<10)
	names := make([]string, 0, 512)
	for {
		n, err := unix.ReadDirent(proc, entries)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return snapshot{}
		}
		if n == 0 {
			break
		}
		_, _, names = unix.ParseDirent(entries[:n], -1, names[:0])
		for _, name := range names {
			if name[0] < '0' || name[0] > '9' {
				continue
			}
			// A process can end before its file is read.
			if p, ok := parseStat(readAt(proc, name+"/stat", stat)); ok {
				c.processes[p.pid] = p
			}
		}
	}
	return c
}

// readAt reads the beginning of a file into a buffer. It returns nil if it cannot.
func readAt(dir int, path string, buf []byte) []byte {
	fd, err := unix.Openat(dir, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}

// Positions of the fields after the name in /proc/PID/stat, from 0: proc_pid_stat(5).
const (
	statParent  = 1
	statFlags   = 6
	statUser    = 11 // followed by system, and by both times of reaped children
	statStarted = 19
)

// parseStat parses a line of /proc/PID/stat. It returns false for a kernel thread. The name is in
// brackets and can contain any character, including brackets.
func parseStat(line []byte) (p process, ok bool) {
	open, end := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if open < 0 || end < open {
		return p, false
	}
	p.pid = int(number(bytes.TrimSpace(line[:open])))
	p.name = string(line[open+1 : end])
	at := -1
	for field := range bytes.FieldsSeq(line[end+1:]) {
		switch at++; at {
		case statParent:
			p.parent = int(number(field))
		case statFlags:
			if number(field)&kernelThread != 0 {
				return p, false
			}
		case statUser, statUser + 1, statUser + 2, statUser + 3:
			p.ticks += number(field)
		case statStarted:
			p.started = uint64(number(field))
			return p, p.pid > 0
		}
	}
	return p, false
}

// number returns the number with these digits, or 0 if it is not a number.
func number(digits []byte) int64 {
	n, _ := strconv.ParseInt(string(digits), 10, 64)
	return n
}
